#!/usr/bin/env python3
"""Kills masters of real Redis clusters and writes down how long their slots have no owner.

    record.py FOLDER [EXPERIMENT...]

FOLDER is scratch space. Needs redis-server and redis-cli 7.0. Nodes listen on loopback only and are
ended by their process ids. Each run writes 200 keys to one master, waits 0.3 s, ends the master with
SIGKILL or SIGSTOP, and then every 20 ms sends a SET to each of its replicas and looks for `fail`
beside the old master in CLUSTER NODES of another one. Then the old master comes back.
"""
import json, os, shutil, signal, socket, subprocess, sys, time

FOLDER = sys.argv[1]
BASE = 17500
KEY = "failover:1"


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=3)
        self.file = self.socket.makefile("rb")

    def ask(self, *words):
        text = f"*{len(words)}\r\n" + "".join(f"${len(w.encode())}\r\n{w}\r\n" for w in words)
        self.socket.sendall(text.encode())
        return self.reply()

    def reply(self):
        line = self.file.readline().decode().rstrip("\r\n")
        if line[:1] == "$":
            size = int(line[1:])
            return None if size < 0 else self.file.read(size + 2)[:-2].decode()
        if line[:1] == "*":
            return [self.reply() for _ in range(int(line[1:]))]
        return line


class Cluster:
    def __init__(self, masters, per_master, settings):
        self.ports = [BASE + n for n in range(masters * (1 + per_master))]
        self.settings, self.processes = settings, {}
        shutil.rmtree(FOLDER, ignore_errors=True)
        for port in self.ports:
            self.start(port)
        time.sleep(1)
        subprocess.run(["redis-cli", "--cluster", "create"] + [f"127.0.0.1:{p}" for p in self.ports]
                       + ["--cluster-replicas", str(per_master), "--cluster-yes"], check=True,
                       stdout=subprocess.DEVNULL)
        for _ in range(100):
            nodes = self.nodes(self.ports[0])
            if len(nodes) == len(self.ports) and sum("slave" in n["flags"] for n in nodes) == masters * per_master \
                    and all("cluster_state:ok" in Client(p).ask("CLUSTER", "INFO") for p in self.ports) \
                    and all("master_link_status:down" not in Client(p).ask("INFO", "replication") for p in self.ports):
                break
            time.sleep(0.2)
        time.sleep(2)

    def start(self, port):
        folder = f"{FOLDER}/{port}"
        os.makedirs(folder, exist_ok=True)
        words = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder,
                 "--cluster-enabled", "yes", "--save", "", "--appendonly", "yes", "--logfile", "log"]
        for name, value in self.settings.items():
            words += [f"--{name}", str(value)]
        self.processes[port] = subprocess.Popen(words, stdout=subprocess.DEVNULL)

    def nodes(self, port):
        found = []
        for line in Client(port).ask("CLUSTER", "NODES").splitlines():
            words = line.split()
            found.append({"id": words[0], "port": int(words[1].split("@")[0].split(":")[1]),
                          "flags": words[2].split(","), "master": words[3]})
        return found

    def close(self):
        for process in self.processes.values():
            process.send_signal(signal.SIGKILL)
            process.wait()


def word(reply):
    return reply.lstrip("+").split(" ")[0] if isinstance(reply, str) else "?"


def run(masters, per_master, settings, how):
    cluster = Cluster(masters, per_master, settings)
    try:
        for port in cluster.ports[:masters]:
            if Client(port).ask("SET", "{" + KEY + "}:0", "1") == "+OK":
                old = port
        nodes = cluster.nodes(old)
        me = next(node for node in nodes if node["port"] == old)
        heirs = [node["port"] for node in nodes if node["master"] == me["id"]]
        witness = next(port for port in cluster.ports[:masters] if port != old)
        client = Client(old)
        acked = sum(client.ask("SET", "{%s}:%d" % (KEY, n), "1") == "+OK" for n in range(200))
        clients = {heir: Client(heir) for heir in heirs}
        watch = Client(witness)
        time.sleep(0.3)
        zero = time.monotonic()
        cluster.processes[old].send_signal(signal.SIGKILL if how == "kill" else signal.SIGSTOP)
        failed, accepts, replies, winner = None, None, [], None
        while accepts is None and time.monotonic() - zero < 60:
            at = round(time.monotonic() - zero, 2)
            if failed is None:
                lines = watch.ask("CLUSTER", "NODES").splitlines()
                line = next(line for line in lines if line.startswith(me["id"]))
                if "fail" in line.split()[2].split(","):
                    failed = at
            for heir in heirs:
                said = word(clients[heir].ask("SET", "{" + KEY + "}:probe", "1"))
                if heir == heirs[0] and (not replies or replies[-1][1] != said):
                    replies.append([round(at, 1), said])
                if said == "OK":
                    accepts, winner = at, heir
                    break
            time.sleep(0.02)
        owner = clients[winner]
        present = sum(owner.ask("GET", "{%s}:%d" % (KEY, n)) == "1" for n in range(200))
        if how == "kill":
            cluster.processes[old].wait()
            cluster.start(old)
        else:
            cluster.processes[old].send_signal(signal.SIGCONT)
        time.sleep(3)
        role = Client(old).ask("ROLE")[0]
        seen = {"how": how, "fail_flag_seen_by_another_master_s": failed, "replica_accepts_writes_s": accepts}
        if len(heirs) == 1:
            seen["replies_at_replica_over_time"] = replies
        return {**seen, "acked_before": acked, "present_after": present, "old_master_role_after_return": role}
    finally:
        cluster.close()


EXPERIMENTS = {
    "1000ms": ("The wait for FAIL follows the node timeout, the election's does not.",
               3, 1, {"cluster-node-timeout": 1000}, ["kill", "kill", "kill", "stop"]),
    "5000ms": ("The wait for FAIL follows the node timeout, the election's does not.",
               3, 1, {"cluster-node-timeout": 5000}, ["kill", "kill", "stop"]),
    "two-replicas": ("With two replicas one of them takes over.",
                     3, 2, {"cluster-node-timeout": 2000}, ["kill", "kill", "kill"]),
    "five-masters": ("Three of five masters must see the failure.",
                     5, 1, {"cluster-node-timeout": 2000}, ["kill", "kill", "stop"]),
}

version = subprocess.run(["redis-server", "--version"], capture_output=True, text=True).stdout.split("v=")[1]
for name, (why, masters, per_master, settings, ways) in EXPERIMENTS.items():
    if sys.argv[2:] and name not in sys.argv[2:]:
        continue
    runs = [run(masters, per_master, settings, how) for how in ways]
    bounds = {key: [min(r[key] for r in runs), max(r[key] for r in runs)]
              for key in ["fail_flag_seen_by_another_master_s", "replica_accepts_writes_s"]}
    members = {
        "tool": "redis", "version": version.split(" ")[0], "experiment": f"cluster-failover-time-{name}",
        "why_it_matters": why,
        "configuration": {"nodes": f"{masters} masters, {masters * per_master} replicas", **settings},
        "steps": "200 acknowledged SETs on one master, 0.3 s pause, SIGKILL or SIGSTOP the master; poll SET at "
                 "its replicas every 20 ms; then bring the old master back",
        "observed": runs, "exact": False, "bounds": bounds,
        "notes": "2 busy cores, loopback; record.py beside this file made it", "repeats": len(runs)}
    here = os.path.dirname(os.path.abspath(__file__))
    with open(f"{here}/redis-cluster-failover-time-{name}.json", "w") as file:
        lines = ",\n  ".join(json.dumps(seen) for seen in runs)
        body = ",\n ".join(f'"{k}": ' + (f"[\n  {lines}\n ]" if k == "observed" else json.dumps(v))
                           for k, v in members.items())
        file.write("{\n " + body + "\n}\n")
    print(name, bounds, flush=True)
