/* What it costs to look at messages and to convert them, in pieces as MTAs hand them over, beside
 * memcpy of the same octets, in turns. Arguments: MB of each message (64), rounds. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "mail/convert_message.h"
#include "mail/mime_scan.h"

enum { PIECE = 65535, MOST_ROUNDS = 101 };

static unsigned megabytes = 64, rounds = 7;
static char *copy;
static const struct mime_limits limits = {30, 10000, 1 << 20, 0};

static void
give_up(const char *what)
{
    fprintf(stderr, "bench_mime: %s\n", what);
    exit(1);
}

static double
seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A message is its parts again and again, each filled with its lines up to 1 MB. */
struct kind {
    const char *name;
    const char *parts[2]; /* headers */
    const char *lines[2];
    bool converts;
    const char *becomes; /* the end of what the summary says, where it is converted */
};

#define TEXT "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
#define TEXT_7BIT "Content-Type: text/plain\r\n\r\n"
#define FILE_BASE64                                                                                \
    "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
#define LINES_BASE64                                                                               \
    "JVBERi0xLjQKJeLjz9MKNCAwIG9iago8PC9UeXBlL1hPYmplY3QvU3VidHlwZS9JbWFnZS9XaWR0\r\n"
#define LINES_ENGLISH                                                                              \
    "Thank you for the minutes of last week's meeting. There are two points that\r\n"              \
    "I'd like to come back to before we send them on:\r\n"                                         \
    "\r\n"                                                                                         \
    "- the follow-up to the half-yearly report, and who is to write it;\r\n"                       \
    "- the budget.\r\n"
#define LINES_FRENCH                                                                               \
    "Merci pour le compte rendu de la r\303\251union. Il y a deux points que je voudrais\r\n"      \
    "revoir avant l'envoi\302\240: le suivi du rapport d'\303\251t\303\251, et le budget.\r\n"     \
    "\r\n"                                                                                         \
    "Bien \303\240 vous,\r\n"
#define LINES_RUSSIAN                                                                              \
    "\320\241\320\277\320\260\321\201\320\270\320\261\320\276 \320\267\320\260 "                   \
    "\320\277\321\200\320\276\321\202\320\276\320\272\320\276\320\273 "                            \
    "\320\262\321\201\321\202\321\200\320\265\321\207\320\270.\r\n"
#define LINES_DASHES                                                                               \
    "------------------------------------------------------------------\r\n"                       \
    "<p class=\"x-a\" style=\"font-size:1em;margin-top:-1px;--a-b:c\">\r\n"                        \
    "--\r\n"                                                                                       \
    "a\r\n"                                                                                        \
    "<!-- -->\r\n"                                                                                 \
    "\r\n"

static const struct kind kinds[] = {
    {"scan 7-bit", {TEXT_7BIT, FILE_BASE64}, {LINES_ENGLISH, LINES_BASE64}, false, ""},
    {"scan 8-bit", {TEXT, FILE_BASE64}, {LINES_FRENCH, LINES_BASE64}, false, ""},
    {"dashes, scanned", {TEXT_7BIT, TEXT_7BIT}, {LINES_DASHES, LINES_DASHES}, false, ""},
    {"quoted-printable", {TEXT, TEXT}, {LINES_FRENCH, LINES_FRENCH}, true, "quoted-printable"},
    {"base64", {TEXT, TEXT}, {LINES_RUSSIAN, LINES_RUSSIAN}, true, "base64"},
};

static char *
add(char *at, const char *text)
{
    size_t len = strlen(text);

    memcpy(at, text, len);
    return at + len;
}

static struct slice
make_message(const struct kind *kind, char *text)
{
    char *at = add(text, "Subject: minutes\r\nMIME-Version: 1.0\r\n"
                         "Content-Type: multipart/mixed; boundary=\"b-1\"\r\n\r\n");

    for (unsigned part = 0; part < megabytes; part++) {
        at = add(at, "\r\n--b-1\r\n");
        at = add(at, kind->parts[part % 2]);
        while (at - text < (ptrdiff_t)(part + 1) * 1000000)
            at = add(at, kind->lines[part % 2]);
    }
    at = add(at, "\r\n--b-1--\r\n");
    return (struct slice){text, (size_t)(at - text)};
}

static double
time_copy(struct slice message)
{
    double begun = seconds();

    memcpy(copy, message.at, message.len);
    __asm__ volatile("" ::"r"(copy) : "memory");
    return seconds() - begun;
}

static const struct mime_message *
scan_message(struct arena *arena, struct slice message)
{
    struct mime_scan *scan = mime_scan_new(arena, &limits);

    for (; message.len > 0; message = slice_from(message, PIECE))
        mime_scan_add(scan, slice_first(message, PIECE));
    return mime_scan_end(scan);
}

static double
time_scan(struct arena *arena, struct slice message)
{
    double begun = seconds();
    const struct mime_message *found = scan_message(arena, message);

    begun = seconds() - begun;
    if (found->parts != 1 + megabytes || found->size != message.len)
        give_up("a wrong structure");
    return begun;
}

static bool
count_sunk(void *context, struct slice piece)
{
    uint64_t *sunk = context;

    *sunk += piece.len;
    return true;
}

static double
time_conversion(struct convert_plan *plan, struct slice message)
{
    double begun = seconds();
    uint64_t sunk = 0;
    struct slice rest = message;

    for (; rest.len > 0; rest = slice_from(rest, PIECE))
        convert_add(plan, slice_first(rest, PIECE), count_sunk, &sunk);
    if (!convert_end(plan, count_sunk, &sunk) || sunk < message.len)
        give_up("octets are lost");
    return seconds() - begun;
}

static void
plan_conversion(struct arena *arena, const struct kind *kind, struct slice message,
                struct convert_plan *plan_r)
{
    struct convert_refusal refusal;

    if (!convert_plan(arena, scan_message(arena, message), CONVERT_8BIT, plan_r, &refusal))
        give_up(refusal.reason);
    if (strstr(plan_r->summary, kind->becomes) == NULL)
        give_up("another conversion was planned");
}

/* Of the rounds the quickest, which nothing else on this machine slowed down. */
static void
take_least(double *least, double value)
{
    if (*least <= 0 || value < *least)
        *least = value;
}

static void
measure(const struct kind *kind, char *text)
{
    struct slice message = make_message(kind, text);
    struct arena *arena = arena_new(SIZE_MAX), *own = arena_new(SIZE_MAX);
    double bare = 0, ours = 0, size = (double)message.len;
    struct convert_plan plan;

    if (kind->converts)
        plan_conversion(arena, kind, message, &plan);
    for (unsigned i = 0; i < rounds; i++) {
        take_least(&bare, time_copy(message));
        take_least(&ours,
                   kind->converts ? time_conversion(&plan, message) : time_scan(own, message));
        arena_reset(own);
    }
    printf("%-16s  %.0f MB/s, memcpy %.0f MB/s (ratio %.3f)\n", kind->name, size / ours / 1e6,
           size / bare / 1e6, bare / ours);
    arena_free(&own);
    arena_free(&arena);
}

int
main(int argc, char **argv)
{
    size_t size;
    char *text;

    if (argc > 1)
        megabytes = (unsigned)strtoul(argv[1], NULL, 10);
    if (argc > 2)
        rounds = (unsigned)strtoul(argv[2], NULL, 10);
    if (megabytes == 0 || megabytes > 4096 || rounds == 0 || rounds > MOST_ROUNDS)
        give_up("usage: bench_mime [MB [ROUNDS]]");
    size = (size_t)megabytes * 1000000 + 100000;
    text = malloc(size);
    copy = malloc(size);
    if (text == NULL || copy == NULL)
        give_up("no memory");
    memset(copy, 1, size);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        measure(&kinds[i], text);
    free(text);
    free(copy);
    return 0;
}
