/* Reads the files of a policy, and finds those that an include names. Knows what octets may stand
 * in them, and nothing of the language. */
#include "source.h"

#include <errno.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/system.h"
#include "mail/utf8.h"

enum { FILE_CEILING = 16 * 1024 * 1024 };

static const char *
directory_of(struct arena *arena, const char *path)
{
    struct slice all = slice_of(path);
    size_t slash = slice_find_last(all, '/');

    return slash == all.len ? "" : arena_string(arena, slice_first(all, slash + 1));
}

static struct slice
without_byte_order_mark(struct slice text)
{
    return slice_equal(slice_first(text, 3), SLICE("\xEF\xBB\xBF")) ? slice_from(text, 3) : text;
}

struct source_file *
source_of_text(struct arena *arena, const char *name, const char *directory, struct slice text)
{
    struct source_file *file = ARENA_NEW(arena, struct source_file);
    size_t len = strlen(directory);
    bool whole = len == 0 || directory[len - 1] == '/';

    file->source.name = name;
    file->source.directory = arena_printf(arena, "%s%s", directory, whole ? "" : "/");
    file->source.text = without_byte_order_mark(arena_copy(arena, text));
    diagnostics_count_lines(arena, &file->source);
    return file;
}

/* What the system names so is what somebody hands over, be it a pipe. */
static enum file_kind
kind_of_path(const char *path)
{
    return strcmp(path, "/dev/stdin") == 0 ? FILE_ANY : FILE_PLAIN;
}

/* NULL, or why not. */
static const char *
load_source(struct arena *arena, int descriptor, enum file_kind kind, struct source_file *file)
{
    struct slice text;
    const char *reason = file_read_open(arena, descriptor, kind, FILE_CEILING, &text);
    struct stat about;

    if (reason)
        return reason;
    if (fstat(descriptor, &about) < 0)
        return system_error(errno);
    file->device = about.st_dev;
    file->inode = about.st_ino;
    file->source.text = without_byte_order_mark(text);
    diagnostics_count_lines(arena, &file->source);
    return NULL;
}

/* What an include may have meant. */
static const char *
cure_of_include(struct arena *arena, const char *path, struct place named_at)
{
    struct stat about;

    if (named_at.source == NULL)
        return "";
    if (stat(path, &about) == 0)
        return S_ISDIR(about.st_mode)
                   ? arena_printf(arena, "; to include what is in it, write \"%s/*.rules\"", path)
                   : "";
    if (errno != ENOENT || path[0] == '/')
        return "";
    return arena_printf(arena, "; it is looked for beside %s", named_at.source->name);
}

static void
refuse_source(struct arena *arena, const char *path, struct place named_at, const char *reason,
              struct diagnostics *diagnostics)
{
    diagnostics_error(diagnostics, named_at, "can't read \"%s\": %s%s", path, reason,
                      cure_of_include(arena, path, named_at));
}

struct source_file *
source_read(struct arena *arena, const char *path, struct place named_at,
            struct diagnostics *diagnostics)
{
    struct source_file *file = ARENA_NEW(arena, struct source_file);
    int descriptor = file_open(path, kind_of_path(path));
    const char *reason;

    if (descriptor < 0) {
        refuse_source(arena, path, named_at, system_error(errno), diagnostics);
        return NULL;
    }
    file->source.name = arena_string(arena, slice_of(path));
    file->source.directory = directory_of(arena, path);
    file->named_at = named_at;
    reason = load_source(arena, descriptor, kind_of_path(path), file);
    close(descriptor);
    if (reason == NULL)
        return file;
    refuse_source(arena, path, named_at, reason, diagnostics);
    return NULL;
}

/* U+0080 to U+009F are controls too. */
static bool
is_control(uint32_t character)
{
    return (character < 32 && character != '\t' && character != '\n') || character == 127 ||
           (character >= 0x80 && character < 0xA0);
}

/* Length of the character at `at`; 0 after an error. */
static size_t
check_character(const struct source *source, size_t at, struct diagnostics *diagnostics)
{
    struct slice rest = slice_from(source->text, at);
    unsigned char first = (unsigned char)rest.at[0];
    uint32_t character = utf8_next(&rest);
    size_t length = source->text.len - at - rest.len;
    struct place place = {source, at, length};

    if (first > 127 && length == 1) {
        diagnostics_error(diagnostics, place,
                          "octet 0x%02X isn't UTF-8; this file must be written in UTF-8", first);
        return 0;
    }
    if (first == '\r' && rest.len > 0 && rest.at[0] == '\n')
        return length;
    if (is_control(character)) {
        diagnostics_error(diagnostics, place,
                          "U+%04X is a control character; this file must be text",
                          (unsigned)character);
        return 0;
    }
    return length;
}

bool
source_check(const struct source *source, struct diagnostics *diagnostics)
{
    size_t at = 0;

    while (at < source->text.len) {
        size_t length = check_character(source, at, diagnostics);

        if (length == 0)
            return false;
        at += length;
    }
    return true;
}

bool
source_is_below(const struct source *inner, const struct source *outer)
{
    const struct source_file *file = (const struct source_file *)inner;

    for (file = file->included_by; file; file = file->included_by)
        if (&file->source == outer)
            return true;
    return false;
}

bool
source_same_file(const struct source_file *a, const struct source_file *b)
{
    return a->inode != 0 && a->inode == b->inode && a->device == b->device;
}

/* A directory's own name is no pattern, whatever is in it. */
static const char *
escape_pattern(struct arena *arena, const char *directory)
{
    char *escaped = arena_alloc(arena, 2 * strlen(directory) + 1);
    char *to = escaped;

    for (const char *from = directory; *from; from++) {
        if (strchr("*?[]\\", *from))
            *to++ = '\\';
        *to++ = *from;
    }
    return escaped;
}

static const char *
whole_pattern(struct arena *arena, const struct source *from, const char *name)
{
    if (name[0] == '/')
        return name;
    return arena_printf(arena, "%s%s", escape_pattern(arena, from->directory), name);
}

static void
keep_paths(struct arena *arena, const glob_t *found, const char ***paths_r, size_t *count_r)
{
    *count_r = found->gl_pathc;
    *paths_r = ARENA_ARRAY(arena, found->gl_pathc, const char *);
    for (size_t i = 0; i < found->gl_pathc; i++)
        (*paths_r)[i] = arena_string(arena, slice_of(found->gl_pathv[i]));
}

/* For glob(3): a directory that isn't there holds nothing; any other failure ends the search. */
static int
is_failure(const char *path, int error)
{
    (void)path;
    return error != ENOENT && error != ENOTDIR;
}

bool
source_find(struct arena *arena, const struct source *from, struct slice name,
            struct place named_at, struct diagnostics *diagnostics, const char ***paths_r,
            size_t *count_r)
{
    const char *pattern = arena_string(arena, name);
    glob_t found = {0};
    int result;

    *count_r = 0;
    if (strpbrk(pattern, "*?[") == NULL) {
        *paths_r = ARENA_NEW(arena, const char *);
        (*paths_r)[(*count_r)++] = diagnostics_source_relative(arena, from, name);
        return true;
    }
    result = glob(whole_pattern(arena, from, pattern), 0, is_failure, &found);
    if (result == 0)
        keep_paths(arena, &found, paths_r, count_r);
    globfree(&found);
    if (result == 0 || result == GLOB_NOMATCH)
        return true;
    diagnostics_error(diagnostics, named_at, "can't look for files \"%s\": %s", pattern,
                      result == GLOB_NOSPACE ? "no memory is left" : "a directory can't be read");
    return false;
}
