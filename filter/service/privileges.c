/* Ceasing to be root. */
#include "privileges.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

const char *
privileges_find(struct arena *arena, const char *user, const char *group,
                struct identity *identity_r)
{
    const struct passwd *passwd = *user ? getpwnam(user) : NULL;
    const struct group *entry = *group ? getgrnam(group) : NULL;

    *identity_r = (struct identity){.gid = (gid_t)-1};
    if (*user && passwd == NULL)
        return arena_printf(arena, "there is no user \"%s\"", user);
    if (passwd && passwd->pw_uid == 0)
        return arena_printf(arena, "\"%s\" has all rights, and who serves must not: name another",
                            user);
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
privileges_find_server(struct arena *arena, const char *user, const char *group,
                       struct identity *identity_r)
{
    if (*user || geteuid() != 0)
        return privileges_find(arena, user, group, identity_r);
    if (getpwnam("postern") == NULL)
        return "root starts it, but it doesn't serve as root, and there is no user \"postern\": "
               "make that one (useradd --system --user-group postern), or name another in the "
               "policy (set user \"NAME\")";
    return privileges_find(arena, "postern", group, identity_r);
}

static const char *
user_text(struct arena *arena, uid_t uid)
{
    const struct passwd *passwd = getpwuid(uid);

    return passwd ? arena_string(arena, slice_of(passwd->pw_name))
                  : arena_printf(arena, "%u", (unsigned)uid);
}

static const char *
group_text(struct arena *arena, gid_t gid)
{
    const struct group *entry = getgrgid(gid);

    return entry ? arena_string(arena, slice_of(entry->gr_name))
                 : arena_printf(arena, "%u", (unsigned)gid);
}

/* Without being root a process has its own user and group, whatever is set; what it makes has the
 * group of the folder, where that is so marked. */
const char *
privileges_find_access(struct arena *arena, const char *group, const struct identity *identity,
                       struct listen_access *access_r)
{
    bool is_root = geteuid() == 0;
    const struct group *entry = getgrnam(*group ? group : "postfix");
    gid_t own = is_root ? identity->gid : (gid_t)-1;
    uid_t owner = is_root && identity->user ? identity->uid : geteuid();

    if (*group && entry == NULL)
        return arena_printf(arena, "there is no group \"%s\"", group);
    access_r->group = entry ? entry->gr_gid : own;
    access_r->otherwise = *group ? access_r->group : own;
    access_r->owner = owner;
    access_r->install = arena_printf(arena, "-o %s -g %s", user_text(arena, owner),
                                     group_text(arena, entry ? entry->gr_gid : getegid()));
    return NULL;
}

bool
privileges_are_of_group(const char *user, const char *group)
{
    enum { MOST = 1000 };
    const struct passwd *passwd = getpwnam(user);
    const struct group *entry = getgrnam(group);
    gid_t groups[MOST];
    int count = MOST;

    if (passwd == NULL || entry == NULL || passwd->pw_uid == 0 ||
        getgrouplist(user, passwd->pw_gid, groups, &count) < 0)
        return true;
    for (int i = 0; i < count; i++)
        if (groups[i] == entry->gr_gid)
            return true;
    return false;
}

static bool
identity_take_group(const struct identity *identity)
{
    gid_t gid = identity->gid;
    bool alone = gid == (gid_t)-1 ||
                 (identity->user ? initgroups(identity->user, gid) : setgroups(1, &gid)) == 0;

    return alone && setresgid(gid, gid, gid) == 0;
}

const char *
privileges_drop(struct arena *arena, const struct identity *identity)
{
    if (geteuid() != 0)
        return NULL;
    if (!identity_take_group(identity))
        return arena_printf(arena, "can't take on the group: %m");
    if (identity->user == NULL)
        return NULL;
    if (setresuid(identity->uid, identity->uid, identity->uid) < 0)
        return arena_printf(arena, "can't become user \"%s\": %m", identity->user);
    if (identity->uid != 0 && setuid(0) == 0)
        return "root can be had back: privileges were not given up";
    return NULL;
}
