/* The sandbox: what serving needs goes on inside, with the same answers. */
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/un.h>
#include <time.h>

#include "base/log.h"
#include "mail/charset.h"
#include "sandbox_kit.h"
#include "spool.h"
#include "values/regex.h"

/* What serving needs gives 0. */

static int
need_table(void)
{
    return open_at("tables/table", O_RDONLY);
}

static int
need_link(void)
{
    return open_at("tables/linked", O_RDONLY);
}

static int
need_spool(void)
{
    int file = spool_file(arena);
    void *at;

    if (file < 0 || write(file, "text", 4) != 4)
        return errno;
    at = mmap(NULL, 4, PROT_READ, MAP_PRIVATE, file, 0);
    return at == MAP_FAILED ? errno : memcmp(at, "text", 4);
}

static const struct regex *
compile(void)
{
    const char *reason;
    size_t offset;

    return regex_compile(arena, SLICE("^[a-z]+@example\\.com$"), SLICE("i"), &reason, &offset);
}

static const struct regex *compiled;

static int
need_pattern(void)
{
    struct regex_bounds bounds = {0};

    return regex_match(compiled, SLICE("alice@example.com"), bounds, NULL) != REGEX_MATCH ||
           regex_match(compiled, SLICE("bob@example.net"), bounds, NULL) != REGEX_NO_MATCH;
}

/* As of a table of patterns that was replaced. */
static int
need_new_pattern(void)
{
    compiled = compile();
    return compiled == NULL || need_pattern();
}

static void *
count_up(void *of)
{
    free(malloc(1 << 20));
    atomic_fetch_add((atomic_int *)of, 1);
    return NULL;
}

static int
need_threads(void)
{
    enum { MANY = 20 };
    pthread_t thread[MANY];
    atomic_int count = 0;

    for (int i = 0; i < MANY; i++)
        if (pthread_create(&thread[i], NULL, count_up, &count) != 0)
            return EAGAIN;
    for (int i = 0; i < MANY; i++)
        pthread_join(thread[i], NULL);
    return count != MANY;
}

static int
need_memory(void)
{
    char *at = malloc(1 << 22);

    at = realloc(at, 1 << 24);
    memset(at, 1, 1 << 24);
    free(at);
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    return 0;
}

static int
compare_numbers(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* The C library asks how much memory there is. */
static int
need_sort(void)
{
    int *numbers = calloc(1 << 16, sizeof *numbers);

    qsort(numbers, 1 << 16, sizeof *numbers, compare_numbers);
    free(numbers);
    return 0;
}

static int
need_time(void)
{
    time_t now = time(NULL);
    struct tm moment;
    char date[64];

    tzset();
    return strftime(date, sizeof date, "%c %Z", localtime_r(&now, &moment)) == 0;
}

static const struct {
    const char *what;
    int (*try)(void);
} needed[] = {
    {"a table is read", need_table},
    {"a table behind a link is read", need_link},
    {"a body is kept in a file", need_spool},
    {"a pattern that was compiled before matches", need_pattern},
    {"a pattern is compiled and matches", need_new_pattern},
    {"threads come and go", need_threads},
    {"memory is taken and given back", need_memory},
    {"much is sorted", need_sort},
    {"the time is told", need_time},
};

static void
test_needed(void)
{
    const char *text = policy_with("");

    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        int status = run_inside(text, needed[i].try);

        tap_check(status == 0 && shared->result == 0, "%s", needed[i].what);
    }
}

/* What a text says in every charset that is read, in one number. */
static int
read_charsets(void)
{
    static const char names[] =
        "iso-8859-1 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 "
        "iso-8859-8 iso-8859-8-i iso-8859-9 iso-8859-10 iso-8859-11 iso-8859-13 iso-8859-14 "
        "iso-8859-15 iso-8859-16 windows-1250 windows-1251 windows-1252 windows-1253 "
        "windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 windows-874 tis-620 "
        "koi8-r koi8-u ibm437 ibm850 ibm866 macintosh gb2312 gbk gb18030 big5 big5-hkscs "
        "shift_jis windows-31j euc-jp iso-2022-jp iso-2022-kr euc-kr ks_c_5601-1987 utf-7 "
        "latin1 latin-1 iso8859-1 iso_8859-1 iso8859-15 iso-8859-6-i iso-8859-8-e cp1250 "
        "cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 cp437 cp850 cp852 "
        "ibm852 cp866 x-mac-roman x-gbk cp936 ms936 gb_2312-80 x-euc-cn euc-cn cp950 x-x-big5 "
        "euc-tw shift-jis sjis x-sjis cp932 ms932 ms_kanji x-euc-jp iso-2022-jp-1 "
        "iso-2022-jp-2 iso-2022-jp-3 cp949 ms949 x-windows-949 windows-949 ks_c_5601 "
        "ks_c_5601-1989 ksc5601 johab x-";
    struct slice rest = slice_of(names), name;
    struct charsets *charsets = charsets_new(arena);
    uint32_t all = 0;

    while (slice_word(&rest, " ", &name)) {
        static const char *const texts[] = {"a", "\xC4\xE3", "\x1B$B$\"\x1B(B", "\x82\xA0+AOk-"};

        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
            struct slice utf8 = SLICE("");
            bool read = charset_decode(arena, charsets, name, slice_of(texts[k]), &utf8);

            all = all * 31 + read;
            for (size_t at = 0; read && at < utf8.len; at++)
                all = all * 31 + (unsigned char)utf8.at[at];
        }
    }
    return (int)(all & INT32_MAX);
}

static void
test_charsets(void)
{
    int inside, outside;

    inside = run_inside(policy_with(""), read_charsets) == 0 ? shared->result : -1;
    outside = run_inside(policy_with("set sandbox no"), read_charsets) == 0 ? shared->result : -2;
    tap_check(inside == outside, "all charsets say the same inside");
}

static int
try_abort(void)
{
    abort();
}

/* How it ends is how it would. */
static void
test_end(void)
{
    int status = run_inside(policy_with(""), try_abort);

    tap_check(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "abort() ends by SIGABRT");
}

/* Without a body to keep nothing at all is made. */
static void
test_no_spool(void)
{
    int status;

    if (why_skipped(BY_SECCOMP)) {
        tap_skip("no file is made: %s", why_skipped(BY_SECCOMP));
        return;
    }
    status = run_inside("rule r if sender == \"a@example.com\" reject\n", need_spool);
    tap_check(status == 0 && shared->result == EACCES, "where no body is kept no file is made");
}

static struct sockaddr_un
log_address(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    snprintf(at.sun_path, sizeof at.sun_path, "%s", path_of("log"));
    return at;
}

/* Whoever reads the log: comes again as the other kind. */
static int
open_reader(int type)
{
    struct sockaddr_un at = log_address();
    int reader = socket(AF_UNIX, type, 0);

    unlink(at.sun_path);
    if (bind(reader, (const void *)&at, sizeof at) < 0 ||
        (type == SOCK_STREAM && listen(reader, 5) < 0))
        tap_check(false, "the log has a reader");
    return reader;
}

static bool
has_line(int reader, const char *line)
{
    char text[4096] = "";

    return read(reader, text, sizeof text - 1) > 0 && strstr(text, line);
}

static _Noreturn void
log_inside(void)
{
    char octet;

    close(pair[0]);
    log_open("test", "mail", log_address().sun_path);
    enter(policy_with(""));
    log_write(LOG_LEVEL_INFO, "first");
    if (read(pair[1], &octet, 1) != 1)
        _exit(1);
    log_write(LOG_LEVEL_INFO, "second");
    _exit(0);
}

static void
test_log(void)
{
    int reader = open_reader(SOCK_DGRAM), stream, status = -1;
    pid_t child;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        return;
    fflush(stdout);
    child = fork();
    if (child == 0)
        log_inside();
    close(pair[1]);
    tap_check(has_line(reader, "first"), "a line goes to a socket of datagrams");
    close(reader);
    reader = open_reader(SOCK_STREAM);
    if (write(pair[0], "x", 1) == 1) {
        stream = accept(reader, NULL, NULL);
        tap_check(has_line(stream, "second"), "the next one to a stream that took its place");
        close(stream);
    }
    waitpid(child, &status, 0);
    tap_check(status == 0, "and the process goes on");
    close(reader);
    close(pair[0]);
}

int
main(void)
{
    if (!kit_begin())
        return 1;
    compiled = compile();
    test_needed();
    test_charsets();
    test_end();
    test_no_spool();
    close(pair[0]);
    close(pair[1]);
    test_log();
    return kit_end();
}
