"""A vim with contrib/vim: rule files are known as such, nothing right in them is shown as an error, each word of
the language has its colour, and what is wrong is shown. `vim.py --write` writes the settings, facts and parts of the
program into the syntax file. TAP."""

import glob
import os
import re
import subprocess
import sys
import tempfile
import textwrap

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)) + "/..")

from tap import report, tap_end  # noqa: E402

TREE = os.environ["srcdir"]
POSTERN = os.environ["POSTERN"]
VIM = TREE + "/contrib/vim"

# Writes a line for each piece of a file that has one group: FILE, line, group, its text.
SCRIPT = """
set nocompatible nomodeline noswapfile viminfo= encoding=utf-8 lines=50
let &runtimepath = $CONTRIB . "," . $VIMRUNTIME
filetype on
syntax on
let shown = []
for path in readfile($PATHS)
    execute "edit" fnameescape(path)
    call add(shown, join([path, 0, "filetype", &filetype], "\\t"))
    for number in range(1, line("$"))
        let text = getline(number)
        let [at, length] = [0, strlen(text)]
        while at < length
            let from = at
            let id = synID(number, at + 1, 0)
            while at < length && synID(number, at + 1, 0) == id
                let at += 1
            endwhile
            call add(shown, join([path, number, synIDattr(id, "name"), strpart(text, from, at - from)], "\\t"))
        endwhile
    endfor
    bwipeout!
endfor
call writefile(shown, $SHOWN)
quitall!
"""

def look(paths, scratch):
    """What vim shows of the files: their types, and (path, line, group, text) of their pieces."""
    names = {name: os.path.join(scratch, name) for name in ("look.vim", "paths", "shown")}
    for name, text in ("look.vim", SCRIPT), ("paths", "\n".join(paths) + "\n"):
        with open(names[name], "w", encoding="utf-8") as out:
            out.write(text)
    subprocess.run(["vim", "-u", "NONE", "-i", "NONE", "-es", "-S", names["look.vim"]], timeout=300, check=False,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   env=dict(os.environ, CONTRIB=VIM, PATHS=names["paths"], SHOWN=names["shown"], TERM="dumb"))
    with open(names["shown"], encoding="utf-8", errors="replace") as file:
        rows = [line.rstrip("\n").split("\t", 3) for line in file]
    types = {row[0]: row[3] for row in rows if row[2] == "filetype"}
    return types, [(path, int(line), group, text) for path, line, group, text in rows if group != "filetype"]


def is_error(group):
    return bool(re.search(r"(Error|Unknown|BadEscape)$", group))


def source(name):
    with open(TREE + "/" + name, encoding="utf-8") as file:
        return file.read()


def words_of(name, array):
    """The texts of an array in a C file: all, or the first of each row."""
    body = re.search(r"(?s)(?<!\w)%s\[[A-Z]*\] = \{(.*?)\n?(?:\};|NULL\})" % array, source(name)).group(1)
    rows = re.findall(r'\{\s*"([a-z][^"]*)"', body)
    return rows or re.findall(r'"([^"]+)"', body)


def printed(*words):
    return subprocess.run([POSTERN, *words], capture_output=True, text=True, timeout=60, check=True).stdout.splitlines()


def lines_of_words():
    """(line, the word in it, its group) for each word of the program's own tables."""
    for word in words_of("rules/language/parse_token.c", "statement_words"):
        yield word + " x", word, "posternStatement"
    for word in words_of("rules/language/parse_token.c", "expression_words"):
        yield "let x = a\n    " + word, word, "posternTruth" if word in ("yes", "no") else "posternWord"
    for word in words_of("rules/language/parse_statement.c", "option_words"):
        yield 'table t = "none:" ' + word, word, "posternWord"
    for word in words_of("rules/language/parse_statement.c", "outcome_words"):
        yield 'table t = "none:" on-error ' + word, word, "posternOutcome"
    for word in words_of("rules/language/parse_statement.c", "type_words"):
        yield 'table t = "none:" as ' + word, word, "posternType"
    for word in words_of("rules/values/stage.c", "stages"):
        yield "rule r at %s reject" % word, word, "posternStage"
    for word in words_of("rules/values/action.c", "actions"):
        yield "rule r\n    " + word, word, "posternAction"
    for line in printed("config", "-d"):
        yield line, line.split()[1], "posternSetting"
    facts = [re.match(r"[a-z0-9.-]+", line).group() for line in printed("facts")]
    for word in facts:
        yield "rule r if %s reject" % word, word, "posternFact"
        yield "rule r if %s.domain reject" % word, word + ".domain", "posternFact"
    for part in parts():
        yield "let x = sender.%s" % part, "sender." + part, "posternFact"
        yield "let x = owners[sender].%s" % part, "." + part, "posternFact"
    for word in words_of("rules/language/scenario.c", "rows"):
        yield 'test "x"\n    %s x' % word, word, "posternExpect" if word == "expect" else "posternTestWord"
    for word in words_of("rules/language/scenario_expect.c", "known"):
        yield 'test "x"\n    expect ' + word, word, "posternExpectWord"


WRONG = (
    ("a statement that there isn't", "rul r\n", "rul"),
    ("a setting that there isn't", "set sockt \"x\"\n", "sockt"),
    ("a stage that there isn't", "rule r at end reject\n", "end"),
    ("a text without its end", 'rule r reject "no\n', '"no'),
    ("an escape that there isn't", 'rule r reject "\\t"\n', "\\t"),
    ("a pattern without slashes", "rule r if helo ~ x reject\n", "x"),
    ("a line of a test that there isn't", 'test "x"\n    sender <a@example.com>\n', "sender"),
)

# Names of files, and whether they are rule files.
NAMES = (("postern/postern.conf", "set mode audit\n", True), ("postern/local.rules", "# mine\n", True),
         ("udev.rules", 'SUBSYSTEM=="net"\n', False), ("mine.rules", "rule r if helo accept\n", True))


def parts():
    return sorted(set(words_of("rules/facts/address_parts.c", "parts")) - {"PTYPE.PROPERTY"})


def write_words():
    """Puts the words of the program's tables in the place of those in the syntax file."""
    def filled(words, indent):
        return "".join(line + "\n" for line in textwrap.wrap(" ".join(words), 100, initial_indent=indent,
                                                             subsequent_indent=indent, break_on_hyphens=False))

    text = source("contrib/vim/syntax/postern.vim")
    settings = [line.split()[1] for line in printed("config", "-d")]
    facts = sorted({re.match(r"[a-z0-9.-]+", line).group() for line in printed("facts")})
    for before, words, indent, behind in (("posternSetting contained\n", settings, "    \\ ", "\n"),
                                          ("let s:facts =<< trim END\n", facts, "    ", "END\n"),
                                          ("let s:parts =<< trim END\n", parts(), "    ", "END\n")):
        start = text.index(before) + len(before)
        end = text.index("\n" + behind, start) + 1
        text = text[:start] + filled(words, indent) + text[end:]
    with open(VIM + "/syntax/postern.vim", "w", encoding="utf-8") as out:
        out.write(text)


def main():
    if "--write" in sys.argv:
        write_words()
    with tempfile.TemporaryDirectory() as scratch:
        shipped = sorted(glob.glob(TREE + "/rules/policies/*.rules") + glob.glob(TREE + "/doc/examples/*.rules") +
                         glob.glob(TREE + "/tests/language/good/*.rules"))
        words = list(lines_of_words())
        mine = os.path.join(scratch, "postern/words.rules")
        os.mkdir(os.path.dirname(mine))
        with open(mine, "w", encoding="ascii") as out:
            for line, _, _ in words:
                out.write(line + "\n")
        wrong = []
        for at, (_, text, _) in enumerate(WRONG):
            wrong.append(os.path.join(scratch, "postern/wrong%d.rules" % at))
            with open(wrong[-1], "w", encoding="ascii") as out:
                out.write(text)
        named = []
        for name, text, _ in NAMES:
            named.append(os.path.join(scratch, name))
            with open(named[-1], "w", encoding="ascii") as out:
                out.write(text)
        types, pieces = look(shipped + [mine] + wrong + named, scratch)
    judge(shipped, words, mine, wrong, named, types, pieces)
    return tap_end()


def judge(shipped, words, mine, wrong, named, types, pieces):
    report([path for path in shipped if "/good/" not in path and types.get(path) != "postern"], "rule files are known as such")
    for path, (name, _, ours) in zip(named, NAMES):
        report(None if (types[path] == "postern") == ours else types[path], name + (" is one" if ours else " is none"))
    report("\n".join("%s:%d: %s %s" % piece for piece in pieces if piece[0] in shipped and is_error(piece[2])),
           "nothing in policies that are right is shown as an error")
    groups = {}
    for path, line, group, text in pieces:
        if path == mine:
            groups.setdefault(line, set()).add((group, text.strip()))
    line, missing = 0, []
    for text, word, group in words:
        line += text.count("\n") + 1
        if (group, word) not in groups.get(line, ()):
            missing.append("%s of %r: %s" % (word, text, groups.get(line)))
    report("\n".join(missing), "each of %d words of the language has its group" % len(words))
    syntax = source("contrib/vim/syntax/postern.vim")
    listed = set(re.findall(r"[a-z0-9-]+", re.search(r"posternSetting contained\n((?: +\\ [^\n]*\n)+)", syntax).group(1)))
    report(listed - {word for _, word, group in words if group == "posternSetting"}, "no setting that there isn't any more")
    listed = set(syntax.split("trim END\n")[1].split("\nEND")[0].split())
    report(listed - {word for _, word, group in words if group == "posternFact"}, "no fact that there isn't any more")
    for path, (name, _, text) in zip(wrong, WRONG):
        found = [piece for piece in pieces if piece[0] == path and is_error(piece[2])]
        report(None if [piece[3] for piece in found] == [text] else found, "shown: " + name)


sys.exit(main())
