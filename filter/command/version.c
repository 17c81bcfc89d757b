/* What this program was built with: for `postern --version`. */
#include "version.h"

#include "command.h"
#include "policy/regex_library.h"
#include "policy/settings.h"
#include "policy/table_driver.h"

/* Libraries that may be missing. */
static const struct {
    const char *name;
    bool is_there;
} libraries[] = {
#ifdef HAVE_ICU
    {"ICU", true},
#else
    {"ICU", false},
#endif
#ifdef HAVE_PSL
    {"libpsl", true},
#else
    {"libpsl", false},
#endif
#ifdef HAVE_LMDB
    {"LMDB", true},
#else
    {"LMDB", false},
#endif
#ifdef HAVE_CDB
    {"CDB", true},
#else
    {"CDB", false},
#endif
#ifdef HAVE_SQLITE
    {"SQLite", true},
#else
    {"SQLite", false},
#endif
#ifdef HAVE_OPENSSL
    {"OpenSSL", true},
#else
    {"OpenSSL", false},
#endif
#ifdef HAVE_SECCOMP
    {"libseccomp", true},
#else
    {"libseccomp", false},
#endif
};

static void
print_libraries(FILE *to, const char *title, bool is_there)
{
    const char *between = title;

    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++) {
        if (libraries[i].is_there != is_there)
            continue;
        fprintf(to, "%s%s", between, libraries[i].name);
        between = ", ";
    }
    if (between != title)
        putc('\n', to);
}

void
version_print(FILE *to)
{
    struct arena *arena = arena_new(SIZE_MAX);

    fprintf(to, "postern %s\n", command_version());
    fprintf(to, "types of tables: %s\n", table_driver_names(arena));
    fprintf(to, "engines: %s\n", setting_row(SET_ENGINE)->choices);
    fprintf(to, "regexes: %s\n", regex_library_text(arena));
    print_libraries(to, "built with: ", true);
    print_libraries(to, "built without: ", false);
    arena_free(&arena);
}
