/* Each line of what is told is a call of the dialogue. */
#include "teller.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "tap.h"

/* The number that an id counts up to is enough. */
void
teller_keep_log(void *context, enum log_level level, const char *line)
{
    struct teller *teller = context;
    struct slice rest = slice_of(line), digits;
    size_t id = strstr(line, " id=") ? (size_t)(strstr(line, " id=") - line) + 4 : rest.len;

    if (teller->quiet)
        return;
    buffer_text(&teller->came, level == LOG_LEVEL_WARNING ? "warning " : "log ");
    buffer_add(&teller->came, slice_first(rest, id));
    digits = slice_first(slice_from(rest, id), ID_SIZE - 1);
    while (digits.len > 1 && digits.at[0] == '0')
        digits = slice_from(digits, 1);
    buffer_add(&teller->came, digits);
    buffer_add(&teller->came, slice_from(rest, id + ID_SIZE - 1));
    buffer_text(&teller->came, "\n");
}

static void
keep_answer(struct teller *teller, struct answer answer)
{
    if (answer.verdict == VERDICT_NONE)
        return;
    buffer_text(&teller->came, verdict_name(answer.verdict));
    if (answer.reply)
        buffer_printf(&teller->came, " %s %s", answer.reply->code, answer.reply->enhanced);
    buffer_printf(&teller->came, "%s\n", answer.nothing_more ? " nothing-more" : "");
}

static bool
keep_body(void *context, struct slice piece)
{
    struct teller *teller = context;

    buffer_add(&teller->came, piece);
    return true;
}

static void
keep_edits(struct teller *teller)
{
    static const char *const verbs[] = {
        [EDIT_DELETE_HEADER] = "delete", [EDIT_CHANGE_HEADER] = "change",
        [EDIT_INSERT_HEADER] = "insert", [EDIT_APPEND_HEADER] = "append",
        [EDIT_SENDER] = "sender",        [EDIT_ADD_RECIPIENT] = "add",
        [EDIT_DELETE_RECIPIENT] = "off", [EDIT_BODY] = "convert",
        [EDIT_QUARANTINE] = "hold",
    };

    for (const struct edit *edit = teller->edits; edit; edit = edit->next) {
        buffer_text(&teller->came, verbs[edit->kind]);
        if (edit->kind == EDIT_DELETE_HEADER)
            buffer_printf(&teller->came, " %s %u\n", edit->name, edit->index);
        else if (edit->kind == EDIT_CHANGE_HEADER)
            buffer_printf(&teller->came, " %s %u: %s\n", edit->name, edit->index, edit->value);
        else if (edit->name)
            buffer_printf(&teller->came, " %s: %s\n", edit->name, edit->value);
        else
            buffer_printf(&teller->came, " %s%s%s\n", edit->value, edit->parameters ? " " : "",
                          edit->parameters ? edit->parameters : "");
        if (edit->kind == EDIT_BODY && dialogue_write_body(teller->dialogue, keep_body, teller))
            buffer_text(&teller->came, "\n");
    }
}

static struct answer
tell_macro(struct teller *teller, struct slice rest)
{
    struct slice stage, name;
    enum stage at = STAGE_CONNECT;

    slice_word(&rest, " ", &stage);
    slice_word(&rest, " ", &name);
    stage_find(stage, &at);
    dialogue_macro(teller->dialogue, at, name, slice_trim(rest));
    return (struct answer){0};
}

static struct answer
tell_header(struct teller *teller, struct slice rest)
{
    size_t colon = slice_find(rest, ':');

    return dialogue_header(teller->dialogue, slice_first(rest, colon), slice_from(rest, colon + 2));
}

static struct answer
tell_envelope(struct teller *teller, bool mail, struct slice rest)
{
    struct slice word[8];
    size_t count = 0;

    while (count < 8 && slice_word(&rest, " ", &word[count]))
        count++;
    return mail ? dialogue_mail(teller->dialogue, word, count)
                : dialogue_rcpt(teller->dialogue, word, count);
}

static struct answer
tell_end(struct teller *teller)
{
    struct answer answer = dialogue_end(teller->dialogue, &teller->edits);

    keep_answer(teller, answer);
    keep_edits(teller);
    return (struct answer){0};
}

static struct answer
tell(struct teller *teller, struct slice verb, struct slice rest)
{
    static const struct ip client = {4, {192, 0, 2, 1}};
    static const char long_value[2000] = {[0 ... 1998] = 'x'};

    if (slice_equal(verb, SLICE("connect")))
        return dialogue_connect(teller->dialogue, SLICE("h.example"), &client, 4000);
    if (slice_equal(verb, SLICE("macro")))
        return tell_macro(teller, rest);
    if (slice_equal(verb, SLICE("helo")))
        return dialogue_helo(teller->dialogue, rest);
    if (slice_equal(verb, SLICE("mail")) || slice_equal(verb, SLICE("rcpt")))
        return tell_envelope(teller, verb.at[0] == 'm', rest);
    if (slice_equal(verb, SLICE("data")))
        return dialogue_data(teller->dialogue);
    if (slice_equal(verb, SLICE("header")))
        return tell_header(teller, rest);
    if (slice_equal(verb, SLICE("many")))
        for (int i = 0; i < 299; i++)
            dialogue_header(teller->dialogue, SLICE("X"), SLICE("1"));
    if (slice_equal(verb, SLICE("many")))
        return dialogue_header(teller->dialogue, SLICE("X"), SLICE("2"));
    if (slice_equal(verb, SLICE("long")))
        return dialogue_header(teller->dialogue, SLICE("Long"), slice_of(long_value));
    if (slice_equal(verb, SLICE("eoh")))
        return dialogue_header_end(teller->dialogue);
    if (slice_equal(verb, SLICE("body")))
        return dialogue_body(teller->dialogue, rest);
    if (slice_equal(verb, SLICE("long-body")))
        return dialogue_body(teller->dialogue, slice_of(long_value));
    if (slice_equal(verb, SLICE("end")))
        return tell_end(teller);
    if (slice_equal(verb, SLICE("unknown")))
        return dialogue_unknown(teller->dialogue, rest);
    if (slice_equal(verb, SLICE("fail")))
        return dialogue_edit_failed(teller->dialogue, teller->edits);
    if (slice_equal(verb, SLICE("quiet")))
        teller->quiet = true;
    if (slice_equal(verb, SLICE("abort")))
        dialogue_abort(teller->dialogue);
    return (struct answer){0};
}

/* With the octets that are written as \xE9. */
static struct slice
octets_of(struct arena *arena, struct slice line)
{
    char *to = arena_alloc(arena, line.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < line.len; i++) {
        bool escape = i + 3 < line.len && memcmp(line.at + i, "\\x", 2) == 0;

        if (escape && ascii_hex(line.at[i + 2]) >= 0 && ascii_hex(line.at[i + 3]) >= 0) {
            to[len++] = (char)(ascii_hex(line.at[i + 2]) * 16 + ascii_hex(line.at[i + 3]));
            i += 3;
        } else {
            to[len++] = line.at[i];
        }
    }
    return (struct slice){to, len};
}

/* Writes the session again, with what comes of it now. */
static void
tell_session(struct teller *teller, struct slice session)
{
    struct slice line, verb;

    while (slice_word(&session, "\n", &line)) {
        if (!slice_starts_nocase(line, SLICE("> ")))
            continue;
        buffer_add(&teller->came, line);
        buffer_octet(&teller->came, '\n');
        line = octets_of(teller->arena, slice_from(line, 2));
        slice_word(&line, " ", &verb);
        keep_answer(teller, tell(teller, verb, slice_trim(line)));
    }
}

struct told {
    struct slice why, policy, session;
};

static void
run(const struct told *told)
{
    struct arena *arena = arena_new(1 << 24);
    struct teller *teller = ARENA_NEW(arena, struct teller);
    struct diagnostics diagnostics;
    struct policy *policy;
    bool same;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text("policy", told->policy, &diagnostics);
    if (policy == NULL) {
        tap_check(false, "%.*s: the policy has errors", (int)told->why.len, told->why.at);
        diagnostics_print(&diagnostics, stdout);
        arena_free(&arena);
        return;
    }
    teller->arena = arena;
    buffer_init(&teller->came, arena, 100000);
    teller->dialogue = dialogue_new(policy, teller_keep_log, teller);
    policy_unref(&policy);
    tell_session(teller, told->session);
    same = slice_equal(slice_trim(buffer_slice(&teller->came)), told->session);
    tap_check(same, "%.*s", (int)told->why.len, told->why.at);
    if (!same)
        printf("# got\n%s# expected\n%.*s\n", buffer_slice(&teller->came).at,
               (int)told->session.len, told->session.at);
    dialogue_free(&teller->dialogue);
    arena_free(&arena);
}

static size_t
find_text(struct slice s, const char *text)
{
    const char *found = memmem(s.at, s.len, text, strlen(text));

    return found ? (size_t)(found - s.at) : s.len;
}

/* Of the dialogue at the front, behind its "== ". */
static struct told
told_at(struct slice text)
{
    struct slice whole = slice_first(text, find_text(text, "\n== "));
    struct slice behind = slice_from(whole, slice_find(whole, '\n'));
    size_t session = find_text(behind, "\n> ");

    return (struct told){slice_first(whole, slice_find(whole, '\n')),
                         slice_first(behind, session), slice_trim(slice_from(behind, session))};
}

void
teller_run(const char *name)
{
    const char *srcdir = getenv("srcdir");
    struct arena *arena = arena_new(SIZE_MAX);
    const char *path = arena_printf(arena, "%s/tests/unit/dialogues/%s.dialogue",
                                    srcdir ? srcdir : ".", name);
    struct slice text = SLICE("");
    const char *reason = file_read(arena, path, FILE_PLAIN, 1 << 20, &text);

    tap_check(reason == NULL, "%s.dialogue: %s", name, reason ? reason : "it can be read");
    while (text.len > 0) {
        struct told told = told_at(slice_from(text, strlen("== ")));

        run(&told);
        text = slice_from(text, find_text(text, "\n== ") + 1);
    }
    arena_free(&arena);
}
