" Rule files of Postern: what lies in a folder of this name, and any other *.rules with a rule of ours. Vim itself
" takes *.rules for something else, so that is said over it.
autocmd BufNewFile,BufRead */postern/*.conf,*/postern/*.rules,*/postern/policies/*.rules set filetype=postern
autocmd BufNewFile,BufRead *.rules
    \ if search('\m^\%(rule\|default \%(list\|table\|let\)\) \a', 'nw') | set filetype=postern | endif
