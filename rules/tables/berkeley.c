/* What hash and btree files of Berkeley DB share: the first page, pages, items on pages of their
 * own. All is checked as it is read, and read once, into memory: no lookup meets the file. */
#include "berkeley.h"

enum { LEAST_PAGE = 512, MAGIC_AT = 12 };

/* Where the offsets of items begin on a page. */
enum { PAGE_HEAD = 26 };

enum { FIRST_VERSION = 8, LAST_VERSION = 10 };

/* A page was read as what it holds, or as what a branch shares with a leaf. */
enum { SEEN_READ = 1, SEEN_SHARED = 2 };

static const char foreign[] = "is no file of Berkeley DB, or damaged";
static const char damaged[] = "is damaged";

uint32_t
berkeley_number(const struct berkeley *file, struct slice from, size_t at)
{
    uint32_t number;

    memcpy(&number, from.at + at, sizeof number);
    return file->swapped ? __builtin_bswap32(number) : number;
}

unsigned
berkeley_half(const struct berkeley *file, struct slice from, size_t at)
{
    uint16_t number;

    memcpy(&number, from.at + at, sizeof number);
    return file->swapped ? __builtin_bswap16(number) : number;
}

static bool
is_wrong(struct berkeley *file, const char *reason)
{
    file->reason = reason;
    return false;
}

static bool
check_size(struct berkeley *file)
{
    uint32_t last = berkeley_number(file, file->text, 32);

    file->page_size = berkeley_number(file, file->text, 20);
    if (file->page_size < LEAST_PAGE || file->page_size > LARGEST_PAGE ||
        (file->page_size & (file->page_size - 1)) != 0)
        return is_wrong(file, foreign);
    if (file->text.len % file->page_size != 0 || file->text.len / file->page_size != last + 1ull)
        return is_wrong(file, damaged);
    file->pages = last + 1;
    return true;
}

static bool
is_of_form(struct berkeley *file, const struct berkeley_form *form)
{
    static const uint32_t others[] = {0x061561, 0x053162, 0x042253, 0x074582};
    uint32_t magic = berkeley_number(file, file->text, MAGIC_AT), version;

    for (size_t i = 0; magic != form->magic && i < sizeof others / sizeof others[0]; i++)
        if (magic == others[i])
            return is_wrong(file, form->other);
    version = berkeley_number(file, file->text, 16);
    if (magic != form->magic || (unsigned char)file->text.at[25] != form->meta)
        return is_wrong(file, foreign);
    if (version < FIRST_VERSION || version > LAST_VERSION)
        return is_wrong(file, "is of a version of Berkeley DB other than 8 to 10");
    return true;
}

static bool
berkeley_begin(struct berkeley *file, struct arena *work, const struct berkeley_form *form)
{
    struct slice text = file->text;

    if (text.len < LEAST_PAGE)
        return is_wrong(file, foreign);
    file->swapped = berkeley_number(file, text, MAGIC_AT) > UINT32_C(0xFFFFFF);
    if (!is_of_form(file, form) || !check_size(file))
        return false;
    if (text.at[24] != 0 || text.at[26] != 0)
        return is_wrong(file, "has checksums, is encrypted or in parts, as postmap(1) makes none");
    file->flags = berkeley_number(file, text, 48);
    file->seen = arena_alloc(work, file->pages);
    file->seen[0] = SEEN_READ;
    return berkeley_number(file, text, 8) == 0;
}

static bool
is_zero(struct slice octets)
{
    return octets.at[0] == 0 && memcmp(octets.at, octets.at + 1, octets.len - 1) == 0;
}

/* A page of a hash table that nothing was ever written to is all zeros. */
static bool
peek(const struct berkeley *file, uint32_t number, struct berkeley_page *page_r)
{
    struct slice octets =
        slice_first(slice_from(file->text, number * file->page_size), file->page_size);

    *page_r = (struct berkeley_page){
        .octets = octets,
        .number = number,
        .prev = berkeley_number(file, octets, 12),
        .next = berkeley_number(file, octets, 16),
        .entries = berkeley_half(file, octets, 20),
        .lowest = berkeley_half(file, octets, 22),
        .level = (unsigned char)octets.at[24],
        .type = (unsigned char)octets.at[25],
    };
    return berkeley_number(file, octets, 8) == number || is_zero(octets);
}

unsigned
berkeley_type(const struct berkeley *file, uint32_t number)
{
    struct berkeley_page page;

    if (number >= file->pages)
        return PAGE_FREE;
    peek(file, number, &page);
    return page.type;
}

bool
berkeley_read(struct berkeley *file, uint32_t number, struct berkeley_page *page_r)
{
    if (number >= file->pages || file->seen[number] != 0)
        return false;
    file->seen[number] = SEEN_READ;
    return peek(file, number, page_r);
}

/* Of pages of 64 KB the size doesn't fit in where the lowest item is told. */
bool
berkeley_is_bare(const struct berkeley_page *page)
{
    return page->entries == 0 && page->lowest == page->octets.len % LARGEST_PAGE;
}

bool
berkeley_place(const struct berkeley *file, const struct berkeley_page *page, unsigned index,
               unsigned *at_r)
{
    size_t head = PAGE_HEAD + 2 * (size_t)page->entries;

    if (head > file->page_size)
        return false;
    *at_r = berkeley_half(file, page->octets, PAGE_HEAD + 2 * (size_t)index);
    return *at_r >= head && *at_r >= page->lowest && *at_r < file->page_size;
}

/* The pages of such an item: each points to the one before and the one behind. Unless `to` is
 * NULL, their octets go there. */
static bool
walk_overflow(struct berkeley *file, uint32_t number, size_t len, unsigned char mark, char *to)
{
    struct berkeley_page page = {.number = 0};
    uint32_t before = 0;

    for (; number != 0; before = number, number = page.next) {
        if (number >= file->pages || (file->seen[number] & mark) != 0 ||
            !peek(file, number, &page) || page.type != PAGE_OVERFLOW || page.prev != before ||
            page.lowest > file->page_size - PAGE_HEAD || page.lowest > len)
            return false;
        file->seen[number] |= mark;
        if (to)
            memcpy(to, page.octets.at + PAGE_HEAD, page.lowest);
        to = to ? to + page.lowest : NULL;
        len -= page.lowest;
    }
    return len == 0;
}

bool
berkeley_overflow(struct berkeley *file, struct arena *work, struct slice from, size_t at,
                  struct slice *item_r)
{
    uint32_t number = berkeley_number(file, from, at), len = berkeley_number(file, from, at + 4);
    char *octets;

    if (len > file->text.len)
        return false;
    octets = arena_alloc(work, len);
    *item_r = (struct slice){octets, len};
    return walk_overflow(file, number, len, SEEN_READ, octets);
}

bool
berkeley_mark_overflow(struct berkeley *file, struct slice from, size_t at)
{
    uint32_t number = berkeley_number(file, from, at);

    if (number < file->pages && (file->seen[number] & SEEN_SHARED) != 0)
        return true;
    return walk_overflow(file, number, berkeley_number(file, from, at + 4), SEEN_SHARED, NULL);
}

/* Either all keys and values have a NUL behind them or none, and there is no other: no program
 * mixes them. */
static bool
cut_nul(const struct berkeley *file, struct slice *s)
{
    size_t end = slice_find(*s, '\0');
    bool fine = end + file->has_nuls == s->len;

    s->len = end;
    return fine;
}

bool
berkeley_add(struct berkeley *file, struct slice key, struct slice value)
{
    if (file->keys++ == 0)
        file->has_nuls = slice_find(key, '\0') < key.len;
    if (!cut_nul(file, &key) || !cut_nul(file, &value))
        return false;
    return pairs_add(file->pairs, key, value, 0) || is_wrong(file, "is larger than 4 GB");
}

/* Pages that were freed are of type 0; those for hash buckets that aren't in use yet are empty. */
static bool
holds_nothing(const struct berkeley *file, uint32_t number)
{
    struct berkeley_page page;

    peek(file, number, &page);
    return page.type == PAGE_FREE ||
           ((page.type == PAGE_HASH || page.type == PAGE_HASH_UNSORTED) && berkeley_is_bare(&page));
}

/* Was every page read that holds something? */
static bool
is_complete(const struct berkeley *file)
{
    for (uint32_t number = 1; number < file->pages; number++)
        if (file->seen[number] == 0 && !holds_nothing(file, number))
            return false;
    return true;
}

struct pairs *
berkeley_build(struct arena *arena, struct slice text, const struct berkeley_form *form,
               const char **reason_r)
{
    struct arena *work = arena_new_child(arena, SIZE_MAX);
    struct berkeley file = {.text = text, .reason = damaged, .pairs = pairs_new(arena, false)};
    bool fine = berkeley_begin(&file, work, form) && form->read(&file, work) && is_complete(&file);

    arena_free(&work);
    *reason_r = file.reason;
    return fine ? file.pairs : NULL;
}
