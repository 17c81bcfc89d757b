/* A fixed number of slots, a few for each hash of a key: the oldest of them gives way. */
#include "cache.h"

#include <pthread.h>

#include "base/clock.h"

enum { SETS = 512, WAYS = 4, ROOM = 480 };

/* Empty where until_ms is 0. */
struct cached {
    int64_t until_ms; /* by clock_ms() */
    enum table_result result;
    unsigned short key_len, value_len;
    char text[ROOM]; /* the key and the value */
};

struct table_cache {
    int64_t keep_ms;
    pthread_mutex_t mutex; /* guards all below */
    struct cached slot[SETS][WAYS];
};

static void
cache_end(void *of)
{
    pthread_mutex_destroy(&((struct table_cache *)of)->mutex);
}

struct table_cache *
table_cache_new(struct arena *arena, int64_t keep_ms)
{
    struct table_cache *cache = ARENA_NEW(arena, struct table_cache);

    cache->keep_ms = keep_ms;
    pthread_mutex_init(&cache->mutex, NULL);
    arena_on_end(arena, cache_end, cache);
    return cache;
}

/* The slot of this key, or NULL. The mutex is held. */
static struct cached *
cached_of(struct table_cache *cache, struct slice key)
{
    struct cached *slot = cache->slot[slice_hash(key) % SETS];

    for (size_t i = 0; i < WAYS; i++)
        if (slot[i].until_ms && slice_equal((struct slice){slot[i].text, slot[i].key_len}, key))
            return &slot[i];
    return NULL;
}

/* One that is free, or the oldest. */
static struct cached *
cached_to_replace(struct table_cache *cache, struct slice key)
{
    struct cached *slot = cache->slot[slice_hash(key) % SETS];
    size_t oldest = 0;

    for (size_t i = 1; i < WAYS; i++)
        if (slot[i].until_ms < slot[oldest].until_ms)
            oldest = i;
    return &slot[oldest];
}

/* What is found is copied twice, so that no memory is taken while the mutex is held. */
bool
table_cache_find(struct table_cache *cache, struct arena *arena, struct slice key,
                 struct table_answer *answer_r)
{
    const struct cached *cached;
    struct cached copy = {0};

    pthread_mutex_lock(&cache->mutex);
    cached = cached_of(cache, key);
    if (cached && cached->until_ms > clock_ms())
        copy = *cached;
    pthread_mutex_unlock(&cache->mutex);
    if (copy.until_ms == 0)
        return false;
    *answer_r = (struct table_answer){.result = copy.result};
    answer_r->value = arena_copy(arena, (struct slice){copy.text + copy.key_len, copy.value_len});
    return true;
}

void
table_cache_add(struct table_cache *cache, struct slice key, const struct table_answer *answer)
{
    struct slice value = answer->result == TABLE_FOUND ? answer->value : SLICE("");
    struct cached *cached;

    if ((answer->result != TABLE_FOUND && answer->result != TABLE_NOT_FOUND) || key.len > ROOM ||
        value.len > ROOM - key.len)
        return;
    pthread_mutex_lock(&cache->mutex);
    cached = cached_of(cache, key);
    if (cached == NULL)
        cached = cached_to_replace(cache, key);
    cached->until_ms = clock_ms() + cache->keep_ms;
    cached->result = answer->result;
    cached->key_len = (unsigned short)key.len;
    cached->value_len = (unsigned short)value.len;
    memcpy(cached->text, key.len ? key.at : "", key.len);
    memcpy(cached->text + key.len, value.len ? value.at : "", value.len);
    pthread_mutex_unlock(&cache->mutex);
}
