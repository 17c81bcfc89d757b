/* Encodes groups of three octets; a line is broken when the next group comes. */
#include "base64.h"

enum { LINE = 76 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void
encode_group(char *to, const char *from)
{
    uint32_t bits = (uint32_t)(unsigned char)from[0] << 16 | (uint32_t)(unsigned char)from[1] << 8 |
                    (unsigned char)from[2];

    to[0] = alphabet[bits >> 18];
    to[1] = alphabet[bits >> 12 & 63];
    to[2] = alphabet[bits >> 6 & 63];
    to[3] = alphabet[bits & 63];
}

static void
break_line(struct base64 *state, struct outlet *to)
{
    if (state->column < LINE)
        return;
    outlet_put(to, SLICE("\r\n"));
    state->column = 0;
}

/* Whole groups of one line, as many as there are. Returns the octets taken. */
static size_t
encode_line(struct base64 *state, struct slice piece, struct outlet *to)
{
    size_t groups = piece.len / 3;
    char *at;

    break_line(state, to);
    if (groups > (LINE - state->column) / 4)
        groups = (LINE - state->column) / 4;
    at = outlet_room(to, LINE);
    for (size_t i = 0; i < groups; i++)
        encode_group(at + 4 * i, piece.at + 3 * i);
    outlet_took(to, 4 * groups);
    state->column += 4 * groups;
    return 3 * groups;
}

/* What is left at the end is padded. */
static void
encode_rest(struct base64 *state, struct outlet *to)
{
    char group[4];

    if (state->keeps > 0) {
        break_line(state, to);
        memset(state->kept + state->keeps, 0, sizeof state->kept - state->keeps);
        encode_group(group, state->kept);
        memset(group + state->keeps + 1, '=', 3 - state->keeps);
        outlet_put(to, (struct slice){group, sizeof group});
    }
    *state = (struct base64){0};
}

void
base64_encode(struct base64 *state, struct slice piece, bool last, struct outlet *to)
{
    while (state->keeps > 0 && state->keeps < 3 && piece.len > 0) {
        state->kept[state->keeps++] = piece.at[0];
        piece = slice_from(piece, 1);
    }
    if (state->keeps == 3) {
        encode_line(state, (struct slice){state->kept, 3}, to);
        state->keeps = 0;
    }
    while (piece.len >= 3)
        piece = slice_from(piece, encode_line(state, piece, to));
    for (size_t i = 0; i < piece.len; i++)
        state->kept[state->keeps++] = piece.at[i];
    if (last)
        encode_rest(state, to);
}
