"""A daemon that root starts: whom it becomes, and whose its socket is."""

import grp
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile

import harness
from harness import Daemon, case, check, same, wait_until

HEADER = 'rule h add-header "X-A" "b"'


@case
def gives_up_root():
    nobody = pwd.getpwnam("nobody")
    with Daemon('set user "nobody" ' + HEADER) as daemon:
        ids = ids_of(daemon)
        same(ids["Uid:"], [str(nobody.pw_uid)] * 4, "the user")
        same(ids["Gid:"], [str(nobody.pw_gid)] * 4, "the group")
        check("0" not in ids["Groups:"], "no group of root's", ids)
        with daemon.session() as mta:
            same(mta.message(), "continue", "and serves")
    with Daemon('set user "root" ' + HEADER, expect_start=False) as daemon:
        same(daemon.wait(), os.EX_CONFIG, "nobody serves as root")
        check(daemon.lines("error: .*\"root\" has all rights"), "and why is said", daemon.log())
        check(not os.path.exists(daemon.where.partition(":")[2]), "no socket is left")


class WithoutUser(Daemon):
    def head(self, mode, engine, policy):
        return 'set socket "%s"\n' % self.where


@case
def needs_a_user_to_serve_as():
    if any(entry.pw_name == "postern" for entry in pwd.getpwall()):
        with WithoutUser(HEADER) as daemon:
            same(ids_of(daemon)["Uid:"], [str(pwd.getpwnam("postern").pw_uid)] * 4, "without a user postern serves")
        return
    with WithoutUser(HEADER, expect_start=False) as daemon:
        same(daemon.wait(), os.EX_CONFIG, "root without a user doesn't start")
        check(daemon.lines("error: .*useradd .*postern.*set user \"NAME\""), "and both cures are named", daemon.log())
        check(not os.path.exists(daemon.where.partition(":")[2]), "no socket is left")


def ids_of_supervisor(daemon):
    with open("/proc/%d/status" % daemon.process.pid, encoding="ascii") as file:
        return {line.split()[0]: line.split()[1:] for line in file if line.startswith("Uid")}


@case
def reads_as_who_serves():
    """What only root may read isn't read, at the start and later."""
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        path = directory + "/table"
        with open(path, "w", encoding="ascii") as file:
            file.write("a@example.com b\n")
        policy = 'table t = "texthash:%s" rule r if sender in t reject 550 5.7.1 "no"' % path
        with Daemon(policy) as daemon:
            same(ids_of_supervisor(daemon)["Uid:"], ["0"] * 4, "the supervisor stays root")
            os.chmod(path, 0o600)
            daemon.signal(signal.SIGHUP)
            check(wait_until(lambda: daemon.lines("not reloaded: .*%s.*Permission denied" % path)),
                  "a reload doesn't take a table that root alone may read, and says why", daemon.log())
        with Daemon(policy, expect_start=False) as daemon:
            same(daemon.wait(), os.EX_CONFIG, "nor does a start")
            check(daemon.lines("%s.*Permission denied" % path) and daemon.lines("read as user \"nobody\""),
                  "which says who couldn't read it", daemon.log())
        with Daemon(HEADER) as daemon:
            daemon.stop()
            os.chmod(daemon.policy, 0o600)
            got = subprocess.run([harness.POSTERN, "serve", "-f", "-c", daemon.policy], capture_output=True, check=False)
            check(got.returncode == os.EX_CONFIG and b"Permission denied" in got.stderr,
                  "nor is a policy served that who serves can't read", got)


def ids_of(daemon):
    with open("/proc/%d/status" % daemon.server(), encoding="ascii") as file:
        return {line.split()[0]: line.split()[1:] for line in file if line.startswith(("Uid", "Gid", "Groups"))}


def group_names(daemon):
    """Of the process, and of its socket."""
    at = os.stat(daemon.where.partition(":")[2])
    return grp.getgrgid(int(ids_of(daemon)["Gid:"][0])).gr_name, grp.getgrgid(at.st_gid).gr_name


def has_postfix():
    return any(entry.gr_name == "postfix" for entry in grp.getgrall())


@case
def gives_its_socket_to_a_group():
    usual = "postfix" if has_postfix() else None
    for policy, process, its_socket in [
        ('set user "nobody"', "nogroup", usual or "nogroup"),
        ('set user "nobody" set group "daemon"', "daemon", usual or "daemon"),
        ('set user "nobody" set socket-group "daemon"', "nogroup", "daemon"),
    ]:
        with Daemon(policy) as daemon:
            same(group_names(daemon), (process, its_socket), "groups of process and socket: " + policy)
            with daemon.session() as mta:
                same(mta.message(), "continue", "and it serves")
    with Daemon('set user "nobody" set group "daemon"') as daemon:
        same(ids_of(daemon)["Groups:"], [str(grp.getgrnam("daemon").gr_gid)], "root's own group isn't left behind")


def become_nobody():
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)


@case
def makes_the_folder_of_its_socket():
    group = "postfix" if has_postfix() else "nogroup"
    for mode, expected in ("0660", 0o2750), ("0666", 0o2755), ("0600", 0o2700):
        with tempfile.TemporaryDirectory() as above:
            os.chmod(above, 0o755)
            where = "unix:%s/postern/postern.sock" % above
            with Daemon('set user "nobody" set socket-mode "%s"' % mode, where) as daemon:
                at = os.stat(above + "/postern")
                same((stat.S_IMODE(at.st_mode), pwd.getpwuid(at.st_uid).pw_name, grp.getgrgid(at.st_gid).gr_name),
                     (expected, "nobody", group), "the folder, with socket-mode " + mode)
                same(stat.S_IMODE(os.stat(above + "/postern/postern.sock").st_mode), int(mode, 8), "and the socket")
                same(daemon.stop(), 0, "it stops")
                same(os.listdir(above + "/postern"), ["postern.sock.lock"], "and takes its socket away")
            with Daemon('set user "nobody"', where):
                check(True, "the next one finds the folder")
    with tempfile.TemporaryDirectory() as above:
        os.chmod(above, 0o777)
        where = "unix:%s/postern/postern.sock" % above
        with Daemon("", where, before=become_nobody, expect_start=False) as daemon:
            same(daemon.wait(), os.EX_UNAVAILABLE, "who isn't root doesn't make it")
            said = re.search("install -d .*", daemon.log())
            check(said, "and is told how root does", daemon.log())
        subprocess.run(said[0].split(), check=True)
        with Daemon("", where, before=become_nobody) as daemon:
            same(group_names(daemon), ("nogroup", group), "with that folder the socket has the right group")
        os.unlink(above + "/postern/postern.sock.lock")
        subprocess.run(said[0].replace("-g " + group, "-g daemon").split(), check=True)
        with Daemon("", where, before=become_nobody) as daemon:
            same(group_names(daemon), ("nogroup", "daemon"), "in the folder of another group it has that one")


@case
def follows_no_link_as_root():
    """The folder may be another's, who could put something else where the socket is made."""
    with tempfile.TemporaryDirectory() as above:
        where = "unix:%s/postern.sock" % above
        victim = above + "/victim"
        with open(victim, "wb"):
            os.chmod(victim, 0o600)
        for name in "postern.sock", "postern.sock.lock":
            place = above + "/" + name
            if os.path.exists(place):
                os.unlink(place)
            os.symlink(victim, place)
            with Daemon("", where, expect_start=False) as daemon:
                same(daemon.wait(), os.EX_UNAVAILABLE, "it doesn't start over a link, " + name)
            os.unlink(place)
        at = os.stat(victim)
        same((stat.S_IMODE(at.st_mode), at.st_gid), (0o600, 0), "nor touch what that leads to")


if __name__ == "__main__":
    # Others start it too, who may not look into everybody's folder.
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        harness.POSTERN = shutil.copy(harness.POSTERN, place)
        sys.exit(harness.run_all())
