/* Which patterns explode: those of which it is sure, and none that is harmless. */
#include "values/regex_cost.h"

#include "tap.h"

static const struct {
    const char *pattern;
    const char *flags;
    bool explodes;
} cases[] = {
    {"(a+)+$", "", true},
    {"(a+)+", "", false}, /* nothing behind it can fail */
    {"(a+)+b?", "", false},
    {"^(a+)*b", "", true},
    {"^(\\w+\\s?)*:$", "", true},
    {"^(\\w+\\s)*:$", "", false},
    {"^(\\w+\\s+)*:$", "", false},
    {"(x+x+)+y", "", true},
    {"(a|a)*b", "", true},
    {"(\\w|\\d)+-", "", true},
    {"(a|b)*c", "", false},
    {"(a|aa)+$", "", true},
    {"(.*)*x", "", true},
    {"(.+?,)+x", "", true},
    {"([^,]*,)*x", "", false},
    {"([^,]+|\"[^\"]*\")*x", "", true},
    {"([a-z]+\\.)+example", "", false},
    {"([a-z]+\\.?)+@", "", true},
    {"([a-z]+[.-])+@", "", false},
    {"([\\]a]+a)+b", "", true},
    {"([]a]+-)+b", "", false},
    {"([a\\-z]+-)+b", "", true},
    {"(?:a+){2,}b", "", true},
    {"(?:a+){2,9}b", "", false},
    {"(?:a+){x}b", "", false},
    {"(?<name>a+)+b", "", true},
    {"((a+)b?)+c", "", true},
    {"(?:(a+)+b)*", "", true},
    {"(?:(?:a+)+)?b", "", true},
    {"(a++)+b", "", false},
    {"(a+)++b", "", false},
    {"(?>a+)+b", "", false}, /* what isn't read here can't be told */
    {"(?i)(a+)+b", "", false},
    {"(A+a+)+b", "", false},
    {"(A+a+)+b", "i", true},
    {"(a+ )+b", "", false},
    {"(a+ )+b", "x", true},
    {"(a+ # a)+b\n)+c", "x", true},
    {"(\\n+.)+x", "", false},
    {"(\\s+.)+x", "s", true},
    {"x*y*z*", "", false},
    {"a.*b.*c", "", false},
    {"(?=(a+)+b)c", "", true},
    {"(?=(a+)+)c", "", false},
    {"\\(a+\\)+b", "", false},
    {"[(a+]+b", "", false},
    {"(\\p{L}+\\w?)+:", "", false},
    {"", "", false},
};

int
main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(regex_explodes(slice_of(cases[i].pattern), slice_of(cases[i].flags)) ==
                      cases[i].explodes,
                  "case %zu %s", i, cases[i].explodes ? "explodes" : "doesn't");
    return tap_done();
}
