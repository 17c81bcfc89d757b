/* A hash table in shared memory that only grows. A series is written where nobody sees it, and then
 * shown by one atomic word; who finds that another was quicker leaves what he wrote, unseen. */
#include "counters.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

/* CELLS: each series has one at least, so that some of the buckets stay empty. LONGEST: octets of
 * the labels of a series. */
enum {
    REGION = 4 << 20,
    BUCKETS = 1 << 16,
    CELLS = 3 << 14,
    LONGEST = 512,
};

/* A series. Those that are looked for one after the other have their cells side by side. */
struct counter_record {
    uint32_t hash;
    uint32_t cell; /* its first */
    uint16_t metric;
    uint16_t len;
    char labels[];
};

struct counters_region {
    atomic_ullong lost;
    atomic_uint cells, words;                  /* that are taken */
    atomic_int sessions[COUNTERS_GENERATIONS]; /* by generation */
    atomic_uint bucket[BUCKETS]; /* where a record begins among the words; 0: nowhere */
    struct counter_cell cell[CELLS];
    uint64_t word[];
};

enum { WORDS = (REGION - sizeof(struct counters_region)) / sizeof(uint64_t) };

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_INT_LOCK_FREE == 2,
               "what processes share has no locks");
_Static_assert(WORDS * sizeof(uint64_t) > REGION / 2, "half of it is for labels");

static struct counters_region *counters_region;
static unsigned counters_generation;

bool
counters_make(void)
{
    void *at = mmap(NULL, REGION, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED)
        return false;
    counters_region = at;
    counters_region->words = 1;
    return true;
}

bool
counters_are_made(void)
{
    return counters_region != NULL;
}

/* What is to be written, as far as there is room. */
struct labels_text {
    char at[LONGEST];
    size_t len;
    bool whole;
};

static void
labels_add(struct labels_text *text, const char *octets, size_t len)
{
    text->whole = text->whole && len <= sizeof text->at - text->len;
    if (!text->whole)
        return;
    memcpy(text->at + text->len, octets, len);
    text->len += len;
}

static void
labels_add_value(struct labels_text *text, struct slice value)
{
    size_t plain = 0;

    labels_add(text, "=\"", 2);
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] != '\n' && value.at[i] != '"' && value.at[i] != '\\')
            continue;
        labels_add(text, value.at + plain, i - plain);
        labels_add(text, (char[]){'\\', value.at[i] == '\n' ? 'n' : value.at[i]}, 2);
        plain = i + 1;
    }
    labels_add(text, value.at + plain, value.len - plain);
    labels_add(text, "\"", 1);
}

static void
labels_write(struct labels_text *text, enum metric metric, const struct slice *values)
{
    const char *name = metric_row(metric)->labels, *end;

    text->len = 0;
    text->whole = true;
    for (; name && *name; name = *end ? end + 1 : end) {
        end = strchrnul(name, ' ');
        if (text->len > 0)
            labels_add(text, ",", 1);
        labels_add(text, name, (size_t)(end - name));
        labels_add_value(text, *values++);
    }
}

/* FNV-1a: the same in every process, and quick; no stranger chooses labels. */
static uint32_t
labels_hash(enum metric metric, const struct labels_text *text)
{
    uint32_t hash = 2166136261u ^ metric;

    for (size_t i = 0; i < text->len; i++)
        hash = (hash ^ (unsigned char)text->at[i]) * 16777619u;
    return hash;
}

/* False: there aren't so many left. */
static bool
counters_take(atomic_uint *taken, unsigned count, unsigned most, unsigned *first_r)
{
    *first_r = atomic_load(taken);
    do
        if (count > most - *first_r)
            return false;
    while (!atomic_compare_exchange_weak(taken, first_r, *first_r + count));
    return true;
}

/* Where it begins; 0: no room is left. */
static unsigned
record_write(enum metric metric, uint32_t hash, const struct labels_text *text)
{
    unsigned words = (unsigned)((sizeof(struct counter_record) + text->len + sizeof(uint64_t) - 1) /
                                sizeof(uint64_t));
    struct counter_record *record;
    unsigned at, cell;

    if (!counters_take(&counters_region->words, words, WORDS, &at) ||
        !counters_take(&counters_region->cells, (unsigned)metric_cells(metric), CELLS, &cell))
        return 0;
    record = (struct counter_record *)&counters_region->word[at];
    record->hash = hash;
    record->cell = cell;
    record->metric = (uint16_t)metric;
    record->len = (uint16_t)text->len;
    memcpy(record->labels, text->at, text->len);
    return at;
}

static struct counter_record *
record_at(unsigned at)
{
    return (struct counter_record *)&counters_region->word[at];
}

static bool
record_is(const struct counter_record *record, enum metric metric, uint32_t hash,
          const struct labels_text *text)
{
    return record->hash == hash && record->metric == metric && record->len == text->len &&
           memcmp(record->labels, text->at, text->len) == 0;
}

static struct counter_cell *
counters_lose(void)
{
    atomic_fetch_add(&counters_region->lost, 1);
    return NULL;
}

/* An empty bucket comes, since there are fewer series than buckets. */
static struct counter_cell *
series_find(enum metric metric, const struct labels_text *text)
{
    uint32_t hash = labels_hash(metric, text);
    unsigned written = 0;

    for (uint32_t i = hash;; i++) {
        atomic_uint *bucket = &counters_region->bucket[i % BUCKETS];
        unsigned at = atomic_load_explicit(bucket, memory_order_acquire);

        if (at == 0) {
            written = written ? written : record_write(metric, hash, text);
            if (written == 0)
                return counters_lose();
            if (atomic_compare_exchange_strong(bucket, &at, written))
                at = written;
        }
        if (record_is(record_at(at), metric, hash, text))
            return &counters_region->cell[record_at(at)->cell];
    }
}

struct counter_cell *
counters_find(enum metric metric, const struct slice *values)
{
    struct labels_text text;

    if (counters_region == NULL)
        return NULL;
    labels_write(&text, metric, values);
    return text.whole ? series_find(metric, &text) : counters_lose();
}

void
counters_count(enum metric metric, const struct slice *values)
{
    counters_add(counters_find(metric, values), 1);
}

void
counters_observe(struct counter_cell *histogram, long long ns)
{
    size_t i = 0;

    if (histogram == NULL)
        return;
    while (i < METRIC_BOUNDS && ns > metric_bound_ns[i])
        i++;
    counters_add(&histogram[i], 1);
    counters_add(&histogram[METRIC_BOUNDS + 1], (unsigned long long)ns);
}

void
counters_begin_generation(unsigned generation)
{
    counters_generation = generation;
}

void
counters_end_generation(unsigned generation)
{
    if (counters_region)
        atomic_store(&counters_region->sessions[generation], 0);
}

void
counters_sessions_add(int change)
{
    if (counters_region)
        atomic_fetch_add_explicit(&counters_region->sessions[counters_generation], change,
                                  memory_order_relaxed);
}

static int
series_compare(const void *a, const void *b)
{
    const struct counters_series *x = a, *y = b;

    if (x->metric != y->metric)
        return x->metric < y->metric ? -1 : 1;
    return slice_compare(x->labels, y->labels);
}

/* Those that are counted elsewhere than in cells. */
static void
counters_collect(void)
{
    long long sessions = 0;

    for (unsigned i = 0; i < COUNTERS_GENERATIONS; i++)
        sessions += atomic_load(&counters_region->sessions[i]);
    counters_set(counters_find(METRIC_SESSIONS, NULL),
                 sessions > 0 ? (unsigned long long)sessions : 0);
    counters_set(counters_find(METRIC_SERIES_LOST, NULL), atomic_load(&counters_region->lost));
}

/* Up to `most` of them; NULL: they are only counted. */
static size_t
counters_list(struct counters_series *series, size_t most)
{
    size_t count = 0;

    for (size_t i = 0; i < BUCKETS && count < most; i++) {
        unsigned at = atomic_load_explicit(&counters_region->bucket[i], memory_order_acquire);
        const struct counter_record *record = record_at(at);

        if (at > 0 && series)
            series[count] = (struct counters_series){
                .metric = (enum metric)record->metric,
                .labels = {record->labels, record->len},
                .cells = &counters_region->cell[record->cell],
            };
        count += at > 0;
    }
    return count;
}

const struct counters_series *
counters_all(struct arena *arena, size_t *count_r)
{
    struct counters_series *series;
    size_t most;

    *count_r = 0;
    if (counters_region == NULL)
        return NULL;
    counters_collect();
    most = counters_list(NULL, BUCKETS);
    series = ARENA_ARRAY(arena, most, struct counters_series);
    *count_r = counters_list(series, most);
    qsort(series, *count_r, sizeof *series, series_compare);
    return series;
}
