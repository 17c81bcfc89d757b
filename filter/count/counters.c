/* A hash table in shared memory that only grows. A series is written where nobody sees it, and then
 * shown by one atomic word; who finds that another was quicker leaves what he wrote, unseen. */
#include "counters.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

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
    atomic_char failure[COUNTERS_REASON];
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
    counters_set(counters_find(METRIC_START_TIME, NULL), (unsigned long long)time(NULL));
    return true;
}

bool
counters_are_made(void)
{
    return counters_region != NULL;
}

/* A series that is looked for. */
struct series_key {
    enum metric metric;
    uint32_t hash;
    char labels[LONGEST];
    size_t len;
    bool whole; /* the labels have room */
};

static void
key_add(struct series_key *key, const char *octets, size_t len)
{
    key->whole = key->whole && len <= sizeof key->labels - key->len;
    if (!key->whole)
        return;
    memcpy(key->labels + key->len, octets, len);
    key->len += len;
}

static void
key_add_value(struct series_key *key, struct slice value)
{
    size_t plain = 0;

    key_add(key, "=\"", 2);
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] != '\n' && value.at[i] != '"' && value.at[i] != '\\')
            continue;
        key_add(key, value.at + plain, i - plain);
        key_add(key, (char[]){'\\', value.at[i] == '\n' ? 'n' : value.at[i]}, 2);
        plain = i + 1;
    }
    key_add(key, value.at + plain, value.len - plain);
    key_add(key, "\"", 1);
}

/* FNV-1a: the same in every process, and quick; no stranger chooses labels. */
static uint32_t
key_hash(const struct series_key *key)
{
    uint32_t hash = 2166136261u ^ key->metric;

    for (size_t i = 0; i < key->len; i++)
        hash = (hash ^ (unsigned char)key->labels[i]) * 16777619u;
    return hash;
}

static void
key_make(struct series_key *key, enum metric metric, const struct slice *values)
{
    const char *name = metric_row(metric)->labels, *end;

    key->metric = metric;
    key->len = 0;
    key->whole = true;
    for (; name && *name; name = *end ? end + 1 : end) {
        end = strchrnul(name, ' ');
        if (key->len > 0)
            key_add(key, ",", 1);
        key_add(key, name, (size_t)(end - name));
        key_add_value(key, *values++);
    }
    key->hash = key_hash(key);
}

static struct counter_record *
record_at(unsigned at)
{
    return (struct counter_record *)&counters_region->word[at];
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
record_write(const struct series_key *key)
{
    unsigned words = (unsigned)((sizeof(struct counter_record) + key->len + sizeof(uint64_t) - 1) /
                                sizeof(uint64_t));
    unsigned at, cell;

    if (!counters_take(&counters_region->words, words, WORDS, &at) ||
        !counters_take(&counters_region->cells, (unsigned)metric_cells(key->metric), CELLS, &cell))
        return 0;
    *record_at(at) = (struct counter_record){.hash = key->hash,
                                             .cell = cell,
                                             .metric = (uint16_t)key->metric,
                                             .len = (uint16_t)key->len};
    memcpy(record_at(at)->labels, key->labels, key->len);
    return at;
}

static bool
record_is(const struct counter_record *record, const struct series_key *key)
{
    return record->hash == key->hash && record->metric == key->metric && record->len == key->len &&
           memcmp(record->labels, key->labels, key->len) == 0;
}

static struct counter_cell *
record_cells(unsigned at)
{
    return &counters_region->cell[record_at(at)->cell];
}

/* NULL where it isn't there, and then the bucket that it belongs in. One that is empty comes, since
 * there are fewer series than buckets. */
static struct counter_cell *
series_seen(const struct series_key *key, atomic_uint **bucket_r)
{
    for (uint32_t i = key->hash;; i++) {
        atomic_uint *bucket = &counters_region->bucket[i % BUCKETS];
        unsigned at = atomic_load_explicit(bucket, memory_order_acquire);

        *bucket_r = bucket;
        if (at == 0)
            return NULL;
        if (record_is(record_at(at), key))
            return record_cells(at);
    }
}

static struct counter_cell *
counters_lose(void)
{
    atomic_fetch_add(&counters_region->lost, 1);
    return NULL;
}

struct counter_cell *
counters_find(enum metric metric, const struct slice *values)
{
    unsigned written = 0, none;
    struct counter_cell *cells;
    struct series_key key;
    atomic_uint *bucket;

    if (counters_region == NULL)
        return NULL;
    key_make(&key, metric, values);
    while (key.whole && (cells = series_seen(&key, &bucket)) == NULL) {
        written = written ? written : record_write(&key);
        none = 0;
        if (written == 0)
            return counters_lose();
        if (atomic_compare_exchange_strong(bucket, &none, written))
            return record_cells(written);
    }
    return key.whole ? cells : counters_lose();
}

unsigned long long
counters_value(enum metric metric, const struct slice *values)
{
    struct counter_cell *cells;
    struct series_key key;
    atomic_uint *bucket;

    if (counters_region == NULL)
        return 0;
    key_make(&key, metric, values);
    cells = key.whole ? series_seen(&key, &bucket) : NULL;
    return cells ? atomic_load_explicit(&cells->value, memory_order_relaxed) : 0;
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

/* Who reads while another is written gets some of both. */
void
counters_tell_failure(const char *reason)
{
    size_t len = strnlen(reason, COUNTERS_REASON - 1);

    for (size_t i = 0; counters_region && i < COUNTERS_REASON; i++)
        counters_region->failure[i] = i < len ? reason[i] : '\0';
}

void
counters_failure(char reason_r[COUNTERS_REASON])
{
    for (size_t i = 0; i < COUNTERS_REASON; i++)
        reason_r[i] = counters_region ? counters_region->failure[i] : '\0';
    reason_r[COUNTERS_REASON - 1] = '\0';
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
