/* `postern address`: what the envelope's parser makes of an address. */
#include <stdio.h>
#include <sysexits.h>

#include "base/buffer.h"
#include "command.h"
#include "input.h"
#include "mail/address.h"
#include "mail/utf8.h"

static int address_run(int argc, char **argv);

enum { ADDRESS_JSON = OPTION_LONG, ADDRESS_STRICT };

static const struct command_option address_options[] = {
    {ADDRESS_JSON, "json", NULL, "a line of JSON for each, with every part", OPTION_FREE},
    {ADDRESS_STRICT, "strict", NULL, "as with \"set strict-idna yes\"", OPTION_FREE},
    {'c', NULL, "FILE", "take strict-idna from this policy; else none is read", OPTION_FREE},
    COMMAND_OPTIONS_END,
};

const struct command command_address = {
    .name = "address",
    .operands = "[ADDRESS...]",
    .help = "judge addresses, or those on standard input, one a line",
    .options = address_options,
    .examples = {"address '<alice@example.com>'", "address --json <list.txt"},
    .run = address_run,
};

struct show {
    struct arena *arena;
    bool json;
    bool strict;
};

/* A path with brackets, as MAIL or as RCPT may have it, or a mailbox without them. */
static void
address_read(struct arena *arena, struct slice text, struct address *address_r)
{
    if (text.len == 0 || text.at[0] != '<') {
        address_parse_mailbox(arena, text, address_r);
        return;
    }
    address_parse_reverse_path(arena, text, address_r);
    if (!address_r->null)
        address_parse_forward_path(arena, text, address_r);
}

static bool
is_valid(const struct show *show, const struct address *address)
{
    enum address_defect defect = address_defect_of(address, show->strict);

    return defect == ADDRESS_FINE || address_defect_is_doubt(defect);
}

/* What a terminal or a reader of lines would take for something else. */
static bool
is_unprintable(uint32_t c)
{
    return c < 32 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 || c == 0xFFFD;
}

static void
print_column(struct slice s)
{
    while (s.len > 0) {
        struct slice character = s;
        bool plain = !is_unprintable(utf8_next(&s));

        character.len -= s.len;
        if (plain)
            fwrite(character.at, 1, character.len, stdout);
        for (size_t i = 0; !plain && i < character.len; i++)
            printf("\\x{%02X}", (unsigned)(unsigned char)character.at[i]);
    }
}

static struct slice
canonical(struct arena *arena, const struct address *address)
{
    return address->null ? SLICE("<>") : address_key(arena, address, LOCAL_CASE_UNTOUCHED);
}

static struct slice
or_dash(struct slice s)
{
    return s.len > 0 ? s : SLICE("-");
}

/* False: its local part, or a label, has no form in ASCII. */
static bool
a_label_form(struct arena *arena, const struct address *address, struct slice *text_r)
{
    if (address->null)
        *text_r = SLICE("<>");
    else if (address->postmaster)
        *text_r = SLICE("postmaster");
    else
        return address_ascii(arena, address, text_r);
    return true;
}

static void
print_address_line(const struct show *show, const struct address *address)
{
    bool valid = is_valid(show, address);
    struct slice ascii = SLICE("");

    if (valid)
        a_label_form(show->arena, address, &ascii);
    print_column(address->raw);
    printf("\t%s\t%s\t", valid ? "valid" : "invalid", address->utf8 ? "smtputf8" : "ascii");
    print_column(valid ? canonical(show->arena, address) : SLICE("-"));
    putchar('\t');
    print_column(or_dash(ascii));
    putchar('\t');
    print_column(or_dash(slice_of(address_defect_text(address_defect_of(address, show->strict)))));
    putchar('\n');
}

/* Octets that aren't UTF-8 become U+FFFD: JSON can't hold them. */
static void
print_string(struct slice s)
{
    putchar('"');
    while (s.len > 0) {
        struct slice before = s;
        uint32_t c = utf8_next(&s);

        if (c == '"' || c == '\\')
            printf("\\%c", (int)c);
        else if (is_unprintable(c))
            printf("\\u%04x", (unsigned)c);
        else
            fwrite(before.at, 1, before.len - s.len, stdout);
    }
    putchar('"');
}

static void
print_member(const char *name, bool there, struct slice value)
{
    printf(",\"%s\":", name);
    if (there)
        print_string(value);
    else
        fputs("null", stdout);
}

static void
print_truth(const char *name, bool truth)
{
    printf(",\"%s\":%s", name, truth ? "true" : "false");
}

/* What only strict IDNA minds is said even where nobody asked for it. */
static const char *
defect_kind(const struct show *show, const struct address *address, enum address_defect defect)
{
    if (address_defect_is_doubt(defect))
        return "doubt";
    return is_valid(show, address) ? "strict-idna" : "syntax";
}

static void
print_reply(const char *name, enum address_defect defect, bool recipient)
{
    const char *enhanced;
    int code;

    address_defect_reply(defect, recipient, &code, &enhanced);
    printf(",\"%s\":\"%d %s\"", name, code, enhanced);
}

static void
print_reasons(const struct show *show, const struct address *address)
{
    const char *between = "";

    fputs(",\"reasons\":[", stdout);
    for (int i = ADDRESS_FINE + 1; i < ADDRESS_DEFECTS; i++) {
        enum address_defect defect = (enum address_defect)i;

        if (!(address->defects >> i & 1))
            continue;
        printf("%s{\"reason\":", between);
        print_string(slice_of(address_defect_text(defect)));
        print_member("kind", true, slice_of(defect_kind(show, address, defect)));
        print_reply("mail", defect, false);
        print_reply("rcpt", defect, true);
        putchar('}');
        between = ",";
    }
    putchar(']');
}

static void
print_json(const struct show *show, const struct address *address)
{
    enum address_defect defect = address_defect_of(address, show->strict);
    bool valid = is_valid(show, address);
    bool mailbox = valid && !address->null && !address->postmaster;
    struct slice ascii = SLICE("");
    bool has_ascii = valid && a_label_form(show->arena, address, &ascii);
    struct slice unicode = valid ? address_unicode(show->arena, address) : SLICE("");
    struct slice nfc = utf8_nfc(show->arena, address->local);

    fputs("{\"input\":", stdout);
    print_string(address->raw);
    print_truth("valid", valid);
    print_member("needs", true, address->utf8 ? SLICE("smtputf8") : SLICE("ascii"));
    print_member("canonical", valid, valid ? canonical(show->arena, address) : SLICE(""));
    print_member("ascii", has_ascii, ascii);
    print_member("unicode", mailbox, unicode);
    print_member("mailbox", true, address->path);
    print_member("local", true, address->local);
    print_member("domain", true, address->domain);
    print_member("domain-ascii", mailbox,
                 mailbox ? domain_key(show->arena, address->domain) : SLICE(""));
    print_member("domain-unicode", mailbox,
                 mailbox ? domain_unicode(show->arena, address->domain) : SLICE(""));
    print_truth("null", address->null);
    print_truth("postmaster", address->postmaster);
    print_truth("literal", address->domain.len > 0 && address->domain.at[0] == '[');
    print_truth("quoted", address->path.len > 0 && address->path.at[0] == '"');
    print_truth("nfc", slice_equal(nfc, address->local));
    print_member("reason", defect != ADDRESS_FINE, slice_of(address_defect_text(defect)));
    print_reasons(show, address);
    fputs("}\n", stdout);
}

static void
show_one(const struct show *show, struct slice text)
{
    struct address address;

    address_read(show->arena, text, &address);
    if (show->json)
        print_json(show, &address);
    else
        print_address_line(show, &address);
    arena_reset(show->arena);
}

static void
show_lines(const struct show *show, FILE *from)
{
    struct slice line;

    while (input_line(show->arena, from, &line))
        show_one(show, line);
}

/* How strict the policy is; EX_OK when it could be read. */
static int
read_strictness(const char *path, bool *strict_r)
{
    struct policy *policy;
    int status = input_policy(path, &policy);

    if (policy)
        *strict_r = *strict_r || policy_settings(policy)->value[SET_STRICT_IDNA].number;
    policy_unref(&policy);
    return status;
}

static int
address_run(int argc, char **argv)
{
    struct show show = {0};
    const char *path = NULL;
    int option;
    int status = EX_OK;

    while ((option = command_option(&command_address, argc, argv)) != -1) {
        if (option == '?')
            return EX_USAGE;
        show.json = show.json || option == ADDRESS_JSON;
        show.strict = show.strict || option == ADDRESS_STRICT;
        path = option == 'c' ? optarg : path;
    }
    if (path)
        status = read_strictness(path, &show.strict);
    if (status != EX_OK)
        return status;
    show.arena = arena_new(SIZE_MAX);
    for (int i = optind; i < argc; i++)
        show_one(&show, slice_of(argv[i]));
    if (optind == argc)
        show_lines(&show, stdin);
    arena_free(&show.arena);
    return EX_OK;
}
