" Vim syntax of the rule files of Postern, see postern.conf(5) and postern-test(5).
if exists("b:current_syntax")
    finish
endif

" Names have dashes and dots.
syntax iskeyword @,48-57,_,-,.
syntax case match
syntax sync minlines=200

" Where a line begins, there is a statement.
syntax match posternError /^[A-Za-z][A-Za-z0-9_.-]*/
syntax keyword posternStatement include default list table let disable audit
syntax keyword posternStatement set nextgroup=posternSetting,posternUnknown skipwhite
syntax keyword posternStatement rule nextgroup=posternRuleName skipwhite
syntax match posternRuleName /[A-Za-z][A-Za-z0-9_-]*/ contained
syntax match posternUnknown /[A-Za-z0-9_.-]\+/ contained

syntax keyword posternSetting contained
    \ socket socket-mode socket-group user group sandbox engine mode earliest-verdict
    \ recipient-delimiter local-domains local-part-case strict-idna script-level authserv-id
    \ log-facility syslog-name log-accept log-format log-mask status-socket remember drain-time
    \ max-sessions max-recipients max-header-bytes max-header-fields max-author-mailboxes
    \ max-body-memory max-body-held max-mime-depth max-mime-parts max-transaction-memory max-memory
    \ max-message-steps regex-match-limit

syntax keyword posternWord or and not any every in from if else needed forged count
syntax keyword posternWord as nextgroup=posternType skipwhite
syntax keyword posternWord at nextgroup=posternStage,posternUnknown skipwhite
syntax keyword posternWord cache timeout patterns nested
syntax keyword posternWord on-error nextgroup=posternOutcome,posternUnknown skipwhite
syntax keyword posternType contained size number time truth
syntax keyword posternStage contained connect helo mail rcpt data header body unknown
syntax keyword posternOutcome contained tempfail not-found
syntax keyword posternTruth yes no

syntax keyword posternAction accept reject tempfail discard quarantine log
syntax keyword posternAction add-header replace-header remove-header
syntax keyword posternAction set-sender add-recipient remove-recipient
syntax keyword posternAction downgrade nextgroup=posternForm,posternUnknown skipwhite
syntax keyword posternForm contained 8bit utf8

syntax match posternNumber /\<\d\+\%(KB\|MB\|GB\|ms\|s\|min\|h\|d\)\?\>/
syntax match posternNumber /\<[245]\.\d\{1,3}\.\d\{1,3}\>/

" Facts, and their parts behind a dot; what stands in brackets is text, or a fact again.
let s:facts =<< trim END
    auth-results auth-results.forged auth.mechanism auth.ssf auth.user body client.ip
    client.ip.network client.local client.name client.port client.ptr client.resolve command
    command.verb daemon.ip daemon.name daemon.port first-rcpt first-rcpt.host header header.8bit
    header.ambiguous header.bcc header.cc header.count header.date.age header.error header.from
    header.reply-to header.resent-from header.resent-sender header.sender header.size header.to
    header.utf8 helo helo.error macro mail.auth mail.body mail.envid mail.error mail.params mail.ret
    mail.size mail.smtputf8 message.8bit message.bare-newline message.longest-line
    message.mime-error message.needs-smtputf8 message.no-7bit-form message.no-ascii-form message.nul
    message.signed message.size mta.host mta.version part part.filename part.type queue.id rcpt
    rcpt.address-error rcpt.count rcpt.error rcpt.host rcpt.mailer rcpt.notify rcpt.orcpt
    rcpt.params rcpt.port recipients sender time time.hour time.weekday tls tls.bits tls.cipher
    tls.issuer tls.subject tls.verified tls.version transaction.id
END
let s:parts =<< trim END
    ascii decoded detail domain error extension group header.d header.from header.i hidden local
    looks-like misleading mixed name near null pictures policy.iprev reason registered scripts
    smtp.helo smtp.mailfrom smtp.remote-ip unicode utf8
END
let s:any_fact = substitute(escape(join(s:facts), '.'), ' ', '\\|', 'g')
let s:any_part = '\%(\.\%(' . substitute(escape(join(s:parts), '.'), ' ', '\\|', 'g') . '\)\)'
execute 'syntax keyword posternFact' join(s:facts)
execute 'syntax match posternFact /\<\%(' . s:any_fact . '\)' . s:any_part . '\+\>/'
execute 'syntax match posternFact /\]\@1<=' . s:any_part . '\+\>/'
unlet s:facts s:parts s:any_fact s:any_part

" What begins with a quote and has no end on its line is wrong.
syntax match posternError /".*$/
syntax region posternText start=/"/ skip=/\\./ end=/"/ oneline contains=posternBadEscape,posternEscape,posternFill
syntax match posternBadEscape /\\./ contained
syntax match posternEscape /\\["\\n]/ contained
syntax region posternFill start=/{/ end=/}/ oneline contained contains=posternFact,posternWord,posternNumber,posternQuoted
syntax match posternEscape /{{/ contained
syntax match posternQuoted /'[^']*'/ contained

syntax match posternRelation /[=!<>]=\|[<>]/
syntax match posternRelation /!\?\~/ nextgroup=posternPattern,posternUnknown skipwhite skipempty
syntax region posternPattern matchgroup=posternSlash start=+/+ skip=+\\.+ end=+/[imsx]*+ oneline contained

" Items are not words of the language.
syntax region posternItems start=/{/ end=/}/ contains=posternText,posternComment,posternNumber

" A test goes by lines, and ends with the next line that has no indent.
syntax region posternTest matchgroup=posternStatement start=/^test\>/ end=/^\ze[^ \t#\r]/
    \ contains=posternTestText,posternTestWord,posternTestUnknown,posternExpect,posternMessage,posternComment
syntax region posternTestText start=/"/ skip=/\\./ end=/"/ oneline contained
syntax match posternTestUnknown /^\s\+\zs[^ \t#]\+/ contained
syntax match posternTestWord contained
    \ /^\s\+\zs\%(connect\|local\|helo\|starttls\|tls\|auth\|mail\|rcpt\|data\|rset\|command\|macro\|table\|time\)\ze\%(\s\|$\)/
syntax match posternExpect /^\s\+\zsexpect\ze\s.*/ contained
    \ nextgroup=posternExpected skipwhite
syntax match posternExpected /.*/ contained contains=posternTestText,posternNumber,posternExpectWord
syntax keyword posternExpectWord contained none accept reject tempfail discard quarantine
    \ audit rule text header no-header converted recipients sender
" The lines of a message are indented deeper than its first word.
syntax region posternMessage matchgroup=posternTestWord start=/^\z(\s\+\)message\ze\%(\s\|$\)/
    \ skip=/^\%(\z1\s\+\S\|\s*$\)/ end=/^/ contained

syntax match posternComment /#.*$/ contains=@Spell,posternTodo
syntax keyword posternTodo contained TODO FIXME XXX

highlight default link posternComment Comment
highlight default link posternTodo Todo
highlight default link posternStatement Statement
highlight default link posternRuleName Function
highlight default link posternSetting Identifier
highlight default link posternWord Keyword
highlight default link posternType Type
highlight default link posternStage Constant
highlight default link posternOutcome Constant
highlight default link posternTruth Boolean
highlight default link posternAction Statement
highlight default link posternForm Constant
highlight default link posternFact Identifier
highlight default link posternNumber Number
highlight default link posternText String
highlight default link posternTestText String
highlight default link posternEscape SpecialChar
highlight default link posternBadEscape Error
highlight default link posternFill Special
highlight default link posternQuoted String
highlight default link posternRelation Operator
highlight default link posternPattern String
highlight default link posternSlash Delimiter
highlight default link posternItems Normal
highlight default link posternTestWord Keyword
highlight default link posternTestUnknown Error
highlight default link posternExpect Keyword
highlight default link posternExpectWord Constant
highlight default link posternMessage Normal
highlight default link posternError Error
highlight default link posternUnknown Error

let b:current_syntax = "postern"
