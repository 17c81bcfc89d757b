# C without comments, and with strings and characters emptied: file:line:code.
FNR == 1 { inside = 0 }
{
    line = $0
    code = ""
    while (line != "") {
        if (inside) {
            end = index(line, "*/")
            if (!end)
                break
            line = substr(line, end + 2)
            inside = 0
        } else if (!match(line, /["']|\/\*|\/\//)) {
            code = code line
            break
        } else {
            code = code substr(line, 1, RSTART - 1)
            mark = substr(line, RSTART, RLENGTH)
            line = substr(line, RSTART + RLENGTH)
            if (mark == "/*") {
                inside = 1
                code = code " "
            } else if (mark == "//") {
                break
            } else {
                while (line != "" && substr(line, 1, 1) != mark)
                    line = substr(line, substr(line, 1, 1) == "\\" ? 3 : 2)
                line = substr(line, 2)
                code = code mark mark
            }
        }
    }
    print FILENAME ":" FNR ":" code
}
