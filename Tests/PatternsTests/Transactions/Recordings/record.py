#!/usr/bin/env python3
"""Carries out steps on real PostgreSQL servers and writes down what they showed.

    record.py BIN FOLDER [EXPERIMENT...]

BIN holds the programs of PostgreSQL 15, FOLDER is scratch space that the user `postgres` can write.
Needs root (to become `postgres`) and psycopg2. Each experiment is run three times; what differs
between the runs is an error. Servers listen on loopback only and are ended by their process ids.

Servers: `p` the primary, `r1`, `r2`, ... its standbys, connected one after the other under these
application names. Steps:

    insert A..B at LEVEL        one transaction a row, each must return
    try ROW at LEVEL as LABEL   one insert; does the commit return within 1.2 s?
    end of ROW as LABEL         what became of that insert by now
    cancel ROW                  pg_cancel_backend of the session that waits with ROW
    see ROW as LABEL            which servers show the row to a query
    rows of X as LABEL          the rows that a query on X shows
    states as LABEL             pg_stat_replication.sync_state of each connected standby
    write on X as LABEL         an insert on X, a primary or a standby
    freeze X | thaw X           SIGSTOP | SIGCONT of the WAL sender that serves X
    pause X | resume X          pg_wal_replay_pause | pg_wal_replay_resume on X
    kill X | start X            SIGKILL of every process of X | start it again
    promote X                   pg_promote
    point X to Y                primary_conninfo of X, reloaded
    require NAMES               synchronous_standby_names of the primary, reloaded; (none) is empty
    wait N s
"""
import json, os, re, shutil, signal, subprocess, sys, threading, time
import psycopg2

BIN, FOLDER = sys.argv[1], sys.argv[2]
PORTS = {"p": 15430, "r1": 15431, "r2": 15432, "r3": 15433}
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 16MB
max_connections = 30
wal_level = replica
hot_standby = on
autovacuum = off
wal_retrieve_retry_interval = 200ms
restart_after_crash = off
"""


def run(*words):
    subprocess.run(["runuser", "-u", "postgres", "--", *words], check=True, cwd=FOLDER,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def descendants(root):
    """Every living process below `root`, itself included."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    parents[int(name)] = int(file.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                pass
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


class Session(threading.Thread):
    """One connection with one insert that may wait for ever."""

    def __init__(self, lab, server, row, level):
        super().__init__(daemon=True)
        self.connection = lab.connect(server)
        self.pid = self.connection.info.backend_pid
        self.row, self.level, self.end = row, level, None
        self.start()

    def run(self):
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(f"SET synchronous_commit = {self.level}")
                cursor.execute(f"INSERT INTO t VALUES ({self.row})")
            said = " ".join(self.connection.notices)
            self.end = "returned with a warning" if "WARNING" in said else "returned"
        except psycopg2.Error as error:
            self.end = f"failed {error.pgcode}" if error.pgcode else "connection lost"


class Lab:
    def __init__(self, standbys, names, settings):
        self.names = ["p"] + [f"r{n + 1}" for n in range(standbys)]
        self.primary, self.up, self.sessions, self.observed = "p", {}, {}, {}
        self.senders = {}
        shutil.rmtree(self.folder("p"), ignore_errors=True)
        run(f"{BIN}/initdb", "-D", self.folder("p"), "-A", "trust", "-U", "postgres",
            "--wal-segsize=1", "-N")
        with open(self.folder("p") + "/postgresql.conf", "a") as file:
            file.write(SETTINGS + "".join(f"{key} = '{value}'\n" for key, value in settings.items()))
        with open(self.folder("p") + "/pg_hba.conf", "a") as file:
            file.write("host replication all 127.0.0.1/32 trust\n")
        self.start("p")
        self.ask("p", "CREATE TABLE t (id int primary key)")
        for name in self.names[1:]:
            shutil.rmtree(self.folder(name), ignore_errors=True)
            run(f"{BIN}/pg_basebackup", "-h", "127.0.0.1", "-p", str(PORTS["p"]), "-U", "postgres",
                "-D", self.folder(name), "-c", "fast")
            self.write_conninfo(name, "p")
            open(self.folder(name) + "/standby.signal", "w").close()
            shutil.chown(self.folder(name) + "/standby.signal", "postgres", "postgres")
            self.start(name)
            self.await_streaming(name)
        self.require(names)

    def folder(self, name):
        return f"{FOLDER}/{name}"

    def write_conninfo(self, name, source):
        with open(self.folder(name) + "/postgresql.auto.conf", "w") as file:
            file.write(f"primary_conninfo = 'host=127.0.0.1 port={PORTS[source]} user=postgres "
                       f"application_name={name}'\n")
        shutil.chown(self.folder(name) + "/postgresql.auto.conf", "postgres", "postgres")

    def start(self, name):
        pid_file = self.folder(name) + "/postmaster.pid"
        if os.path.exists(pid_file):
            os.remove(pid_file)
        self.up[name] = subprocess.Popen(
            ["runuser", "-u", "postgres", "--", f"{BIN}/postgres", "-D", self.folder(name),
             "-p", str(PORTS[name])], cwd=FOLDER,
            stdout=open(f"{FOLDER}/{name}.log", "a"), stderr=subprocess.STDOUT)
        for _ in range(200):
            try:
                self.connect(name).close()
                return
            except psycopg2.Error:
                time.sleep(0.1)
        raise SystemExit(f"{name} does not start")

    def kill(self, name):
        pids = descendants(self.up.pop(name).pid)
        for sign in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                try:
                    os.kill(pid, sign)
                except ProcessLookupError:
                    pass
        # A sender that stands still would go on being a connection.
        if name in self.senders and name != self.primary:
            os.kill(self.senders.pop(name), signal.SIGCONT)
        if name == self.primary:
            self.senders = {}
        time.sleep(1)

    def connect(self, name):
        connection = psycopg2.connect(host="127.0.0.1", port=PORTS[name], user="postgres",
                                      dbname="postgres", connect_timeout=5)
        connection.autocommit = True
        return connection

    def ask(self, name, text):
        connection = self.connect(name)
        try:
            with connection.cursor() as cursor:
                cursor.execute(text)
                return cursor.fetchall() if cursor.description else cursor.statusmessage
        finally:
            connection.close()

    def await_streaming(self, name):
        for _ in range(200):
            if self.ask(self.primary, "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' "
                        f"AND application_name = '{name}'"):
                return
            time.sleep(0.1)
        raise SystemExit(f"{name} does not stream")

    def sender(self, name):
        return self.ask(self.primary, "SELECT pid FROM pg_stat_replication WHERE "
                        f"application_name = '{name}'")[0][0]

    def require(self, names):
        value = "" if names == "(none)" else names
        connection = self.connect(self.primary)
        with connection.cursor() as cursor:
            # ALTER SYSTEM writes no log that would have to wait.
            cursor.execute("ALTER SYSTEM SET synchronous_standby_names = %s", (value,))
            cursor.execute("SELECT pg_reload_conf()")
        connection.close()
        time.sleep(1)

    def rows(self, name):
        return [row[0] for row in self.ask(name, "SELECT id FROM t ORDER BY id")]

    def step(self, text):
        words = text.split()
        label = words[-1]
        match words:
            case ["insert", span, "at", level]:
                first, last = (int(end) for end in (span.split("..") * 2)[:2])
                connection = self.connect(self.primary)
                with connection.cursor() as cursor:
                    cursor.execute(f"SET synchronous_commit = {level}")
                    cursor.execute("SET statement_timeout = '20s'")
                    for row in range(first, last + 1):
                        cursor.execute(f"INSERT INTO t VALUES ({row})")
                connection.close()
                time.sleep(0.5)
            case ["try", row, "at", level, "as", _]:
                session = Session(self, self.primary, int(row), level)
                self.sessions[row] = session
                session.join(1.2)
                self.observed[label] = "returns" if session.end == "returned" else "waits"
            case ["end", "of", row, "as", _]:
                time.sleep(0.5)
                self.observed[label] = self.sessions[row].end or "waits"
            case ["cancel", row]:
                self.ask(self.primary, f"SELECT pg_cancel_backend({self.sessions[row].pid})")
                time.sleep(0.5)
            case ["see", row, "as", _]:
                self.observed[label] = {
                    name: int(row) in self.rows(name) for name in self.names if name in self.up}
            case ["rows", "of", name, "as", _]:
                self.observed[label] = ranges(self.rows(name))
            case ["states", "as", _]:
                self.observed[label] = dict(sorted(self.ask(
                    self.primary, "SELECT application_name, sync_state FROM pg_stat_replication")))
            case ["write", "on", name, "as", _]:
                try:
                    self.observed[label] = self.ask(name, "INSERT INTO t VALUES (100000)")
                except psycopg2.Error as error:
                    self.observed[label] = {
                        "sqlstate": error.pgcode, "error": str(error).strip().split(": ", 1)[-1]}
            case ["freeze", name]:
                self.senders[name] = self.sender(name)
                os.kill(self.senders[name], signal.SIGSTOP)
            case ["thaw", name]:
                # It is gone with a primary that was killed.
                if name in self.senders:
                    os.kill(self.senders.pop(name), signal.SIGCONT)
                    time.sleep(1)
            case ["pause", name]:
                self.ask(name, "SELECT pg_wal_replay_pause()")
                time.sleep(0.5)
            case ["resume", name]:
                self.ask(name, "SELECT pg_wal_replay_resume()")
                time.sleep(1)
            case ["kill", name]:
                self.kill(name)
            case ["start", name]:
                self.start(name)
                if name != "p" and self.primary in self.up:
                    self.await_streaming(name)
                time.sleep(1)
            case ["promote", name]:
                self.ask(name, "SELECT pg_promote(true, 30)")
                self.primary = name
                time.sleep(1)
            case ["point", name, "to", source]:
                self.write_conninfo(name, source)
                self.ask(name, "SELECT pg_reload_conf()")
                time.sleep(3)
            case ["require", *names]:
                self.require(" ".join(names))
            case ["wait", seconds, "s"]:
                time.sleep(float(seconds))
            case _:
                raise SystemExit(f"no such step: {text}")

    def close(self):
        for name in list(self.up):
            self.kill(name)


def ranges(rows):
    runs = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    return ", ".join(str(a) if a == b else f"{a}..{b}" for a, b in runs) or "none"


def record(name, why, standbys, names, steps, settings={}):
    runs = []
    for _ in range(3):
        lab = Lab(standbys, names, settings)
        try:
            for step in steps:
                lab.step(step)
        finally:
            lab.close()
        runs.append(lab.observed)
    same = all(run == runs[0] for run in runs)
    if not same:
        print(f"{name}: the runs differ: {json.dumps(runs)}", file=sys.stderr)
        return
    version = subprocess.run([f"{BIN}/postgres", "--version"], capture_output=True, text=True)
    members = {
        "tool": "postgresql", "version": version.stdout.strip().split(" ", 2)[2],
        "experiment": name, "why_it_matters": why,
        "configuration": {"synchronous_standby_names": names, "replicas": standbys, **settings},
        "steps": steps, "observed": runs[0], "exact": True, "bounds": None,
        "notes": "record.py says what the steps mean", "repeats": 3}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                           f"postgresql-{name}.json"), "w") as file:
        file.write(layout(members))
    print(name, json.dumps(runs[0]))


def layout(members):
    """JSON with one step or fact a line."""
    lines = []
    for key, value in members.items():
        if key in ("steps", "observed"):
            inner = ([json.dumps(step) for step in value] if key == "steps" else
                     [f"{json.dumps(fact)}: {json.dumps(seen)}" for fact, seen in value.items()])
            ends = "[]" if key == "steps" else "{}"
            lines.append(f' "{key}": {ends[0]}\n  ' + ",\n  ".join(inner) + f"\n {ends[1]}")
        else:
            lines.append(f" {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


EXPERIMENTS = [
    ("sync-first-2-of-3",
     "FIRST 2 counts the first two that are connected, even if one of them stands still; when it is "
     "gone the next steps in.",
     3, "FIRST 2 (r1, r2, r3)", [
         "insert 1..5 at on", "states as all", "freeze r3", "try 10 at on as third-frozen",
         "thaw r3", "freeze r1", "try 11 at on as first-frozen", "end of 11 as first-frozen-later",
         "kill r1", "states as first-gone", "end of 11 as first-gone-at-once",
         "try 12 at on as next-commit", "end of 11 as first-gone-after-next-commit",
         "kill r2", "try 13 at on as one-left", "try 14 at local as one-left-local",
         "see 13 as seen-one-left", "start r2", "wait 1 s", "end of 13 as second-back",
         "states as second-is-back", "start r1", "states as all-back"],
     # Otherwise the status that the third sends every 10 s may end the wait before the next commit.
     {"wal_receiver_status_interval": "60s"}),
    ("sync-any-2-of-3",
     "ANY 2 goes on with any two of three, and waits with one.",
     3, "ANY 2 (r1, r2, r3)", [
         "insert 1..5 at on", "states as all", "freeze r1", "try 10 at on as one-frozen",
         "try 11 at remote_apply as one-frozen-apply", "kill r2", "try 12 at on as one-frozen-one-down",
         "try 13 at local as local-then", "see 12 as seen-then", "thaw r1", "end of 12 as thawed",
         "states as two", "kill r3", "try 14 at on as one-of-three", "end of 14 as still",
         "start r3", "wait 1 s", "end of 14 as third-back"]),
    ("sync-any-1-star",
     "With * every standby counts; ANY 1 is content with the quickest.",
     2, "ANY 1 (*)", [
         "insert 1..5 at on", "states as all", "freeze r1", "try 10 at on as one-frozen",
         "freeze r2", "try 11 at on as both-frozen", "thaw r2", "end of 11 as one-thawed",
         "kill r1", "kill r2", "try 12 at on as none-left", "see 12 as seen-none-left",
         "require (none)", "end of 12 as required-no-more", "see 12 as seen-required-no-more"]),
    ("sync-star",
     "* alone is FIRST 1 (*): the one that connected first is waited for, the other is potential.",
     2, "*", [
         "insert 1..5 at on", "states as all", "freeze r2", "try 10 at on as second-frozen",
         "thaw r2", "freeze r1", "try 11 at on as first-frozen", "states as first-still-counts",
         "kill r1", "try 12 at on as first-gone", "end of 11 as first-gone-end-of-11",
         "states as second-alone", "start r1", "states as first-back"]),
    ("sync-priority",
     "A standby of higher priority that comes back is waited for again; one not listed never is.",
     3, "FIRST 1 (r2, r1)", [
         "insert 1..5 at on", "states as all", "freeze r3", "freeze r1", "try 10 at on as others-frozen",
         "thaw r1", "kill r2", "states as preferred-gone", "try 11 at on as preferred-gone-commit",
         "freeze r1", "try 12 at on as next-frozen", "start r2", "wait 1 s",
         "end of 12 as preferred-back", "states as preferred-is-back",
         "thaw r1", "kill r1", "kill r2", "try 13 at on as unlisted-only"]),
    ("sync-remote-apply",
     "remote_apply of two standbys waits until both show the row; on only until both have it.",
     2, "2 (r1, r2)", [
         "insert 1..5 at remote_apply", "pause r1", "try 10 at on as on-one-paused",
         "see 10 as seen-on", "try 11 at remote_apply as apply-one-paused",
         "see 11 as seen-while-waiting", "resume r1", "end of 11 as resumed", "see 11 as seen-then",
         "pause r2", "try 12 at remote_write as write-paused", "try 13 at remote_apply as apply-again",
         "cancel 13", "end of 13 as cancelled", "see 13 as seen-cancelled", "resume r2",
         "see 13 as seen-resumed"]),
    ("sync-failover",
     "A synchronous failover loses no commit that was answered, but may keep or lose one that "
     "waited; one whose wait was cancelled was answered with a warning and is lost.",
     1, "r1", [
         "insert 1..50 at on", "freeze r1", "try 51 at on as unanswered",
         "try 52 at on as to-be-cancelled", "cancel 52", "end of 52 as cancelled",
         "try 53 at local as local", "see 51 as seen-51", "see 52 as seen-52", "kill p",
         "end of 51 as connection", "promote r1", "rows of r1 as promoted", "require (none)",
         "insert 101..103 at on", "rows of r1 as goes-on", "start p", "rows of p as old-primary"]),
    ("sync-crash-of-primary",
     "A commit that waited for a standby is there after the primary's crash: it was safe on its disk.",
     1, "r1", [
         "insert 1..5 at on", "kill r1", "try 10 at on as waits", "see 10 as hidden", "kill p",
         "start p", "rows of p as after", "try 11 at on as waits-again", "start r1", "wait 1 s",
         "end of 11 as standby-back", "rows of r1 as standby"]),
    ("failover-with-two",
     "The other standby follows the new primary if it has nothing that the new one lacks.",
     2, "(none)", [
         "insert 1..20 at on", "freeze r2", "insert 21..30 at on", "kill p", "promote r1",
         "insert 101..110 at on", "rows of r1 as new-primary", "thaw r2", "point r2 to r1",
         "rows of r2 as other", "write on r2 as write-on-standby", "require r2",
         "try 111 at remote_apply as synchronous-again", "see 111 as seen"]),
    ("failover-to-the-one-behind",
     "A standby that is ahead of the new primary cannot follow it, and keeps what it had.",
     2, "(none)", [
         "insert 1..20 at on", "freeze r1", "insert 21..30 at on", "rows of r2 as ahead", "kill p",
         "promote r1", "rows of r1 as new-primary", "insert 101..110 at on", "point r2 to r1",
         "rows of r2 as other"]),
    ("sync-names-reload",
     "Names are read anew at a reload: commits that wait are judged by the new ones.",
     2, "FIRST 2 (r1, r2)", [
         "insert 1..5 at on", "freeze r2", "try 10 at on as both-needed", "require FIRST 1 (r1, r2)",
         "end of 10 as one-needed", "try 11 at on as then", "end of 10 as one-needed-then",
         "require R2", "states as other-case", "try 12 at on as frozen-one-needed", "require (none)",
         "end of 12 as none-needed"]),
]

for experiment in EXPERIMENTS:
    if len(sys.argv) < 4 or experiment[0] in sys.argv[3:]:
        record(*experiment)
