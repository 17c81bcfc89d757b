/* Runs a fuzz target without libFuzzer: over the files named as arguments, or, with "-r N SEED
 * [FILE...]", over N random inputs, some of them changed from the one before, or from the beginning
 * of a line of these files, up to a tab. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 4096, LARGEST_FILE = 16 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t
next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/* Octets that parsers care about come as often as all others together. */
static uint8_t
random_octet(uint64_t *state)
{
    static const char telling[] = "<>@()[]\",;:.=?+\\ \r\n\tabcxyz019_-\xC3\xBC\xFF";
    uint64_t r = next_random(state);

    return r & 1 ? (uint8_t)(r >> 8) : (uint8_t)telling[(r >> 8) % sizeof telling];
}

/* What the files hold, one behind the other. */
static struct {
    char *text;
    size_t len;
} seeds;

/* The line that an octet of the files lies in. */
static size_t
take_seed(uint8_t *data, uint64_t *state)
{
    size_t from = next_random(state) % seeds.len;
    size_t size = 0;

    while (from > 0 && seeds.text[from - 1] != '\n')
        from--;
    while (from < seeds.len && !strchr("\t\n", seeds.text[from]) && size < LONGEST)
        data[size++] = (uint8_t)seeds.text[from++];
    return size;
}

static size_t
change(uint8_t *data, size_t size, uint64_t *state)
{
    size_t changes = 1 + next_random(state) % 8;

    if (seeds.len > 0 && next_random(state) % 2 == 0) {
        size = take_seed(data, state);
        changes = next_random(state) % 4;
        if (size == 0)
            return 0;
    }
    if (size == 0 || next_random(state) % 4 == 0) {
        size = next_random(state) % (next_random(state) % 16 ? 64 : LONGEST);
        for (size_t i = 0; i < size; i++)
            data[i] = random_octet(state);
        return size;
    }
    while (changes-- > 0)
        data[next_random(state) % size] = random_octet(state);
    return size;
}

/* The input lies at the end of memory of its own, so that a sanitizer sees what reads beyond it. */
static void
run_copy(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    if (copy == NULL)
        abort();
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static int
add_seeds(const char *name)
{
    FILE *file = fopen(name, "rb");

    seeds.text = realloc(seeds.text, seeds.len + LARGEST_FILE);
    if (file == NULL || seeds.text == NULL) {
        perror(name);
        return EXIT_FAILURE;
    }
    seeds.len += fread(seeds.text + seeds.len, 1, LARGEST_FILE, file);
    fclose(file);
    return EXIT_SUCCESS;
}

static void
run_random(unsigned long count, uint64_t seed)
{
    uint8_t data[LONGEST];
    size_t size = 0;

    while (count-- > 0) {
        size = change(data, size, &seed);
        run_copy(data, size);
    }
}

static int
run_file(const char *name)
{
    FILE *file = fopen(name, "rb");
    uint8_t *data = malloc(LARGEST_FILE);
    size_t size;

    if (file == NULL || data == NULL) {
        perror(name);
        return EXIT_FAILURE;
    }
    size = fread(data, 1, LARGEST_FILE, file);
    fclose(file);
    run_copy(data, size);
    free(data);
    return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    if (argc >= 4 && strcmp(argv[1], "-r") == 0) {
        for (int i = 4; i < argc; i++)
            if (add_seeds(argv[i]) != EXIT_SUCCESS)
                return EXIT_FAILURE;
        run_random(strtoul(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
        return EXIT_SUCCESS;
    }
    for (int i = 1; i < argc; i++)
        if (run_file(argv[i]) != EXIT_SUCCESS)
            return EXIT_FAILURE;
    return EXIT_SUCCESS;
}
