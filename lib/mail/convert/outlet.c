/* Gathers what encoders write. Large runs pass without being copied. */
#include "outlet.h"

static void
hand_on(struct outlet *outlet, struct slice s)
{
    if (s.len > 0 && !outlet->failed)
        outlet->failed = !outlet->sink(outlet->context, s);
}

bool
outlet_flush(struct outlet *outlet)
{
    hand_on(outlet, (struct slice){outlet->at, outlet->len});
    outlet->len = 0;
    return !outlet->failed;
}

char *
outlet_room(struct outlet *outlet, size_t len)
{
    if (OUTLET_SIZE - outlet->len < len)
        outlet_flush(outlet);
    return outlet->at + outlet->len;
}

void
outlet_put(struct outlet *outlet, struct slice s)
{
    if (s.len > OUTLET_SIZE / 2) {
        outlet_flush(outlet);
        hand_on(outlet, s);
        return;
    }
    if (s.len == 0)
        return;
    memcpy(outlet_room(outlet, s.len), s.at, s.len);
    outlet_took(outlet, s.len);
}
