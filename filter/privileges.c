/* Ceasing to be root. */
#include "privileges.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

const char *
identity_find(struct arena *arena, const char *user, const char *group, struct identity *identity_r)
{
    const struct passwd *passwd = *user ? getpwnam(user) : NULL;
    const struct group *entry = *group ? getgrnam(group) : NULL;

    *identity_r = (struct identity){.gid = (gid_t)-1};
    if (*user && passwd == NULL)
        return arena_printf(arena, "there is no user \"%s\"", user);
    if (*group && entry == NULL)
        return arena_printf(arena, "there is no group \"%s\"", group);
    if (passwd) {
        identity_r->user = user;
        identity_r->uid = passwd->pw_uid;
        identity_r->gid = passwd->pw_gid;
    }
    if (entry)
        identity_r->gid = entry->gr_gid;
    return NULL;
}

const char *
privileges_drop(struct arena *arena, const struct identity *identity)
{
    if (identity->user == NULL || geteuid() != 0)
        return NULL;
    if (initgroups(identity->user, identity->gid) < 0 ||
        setresgid(identity->gid, identity->gid, identity->gid) < 0 ||
        setresuid(identity->uid, identity->uid, identity->uid) < 0)
        return arena_printf(arena, "can't become user \"%s\": %m", identity->user);
    if (identity->uid != 0 && setuid(0) == 0)
        return "root can be had back: privileges were not given up";
    return NULL;
}
