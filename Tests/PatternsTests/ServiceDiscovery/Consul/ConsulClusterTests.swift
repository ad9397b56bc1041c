import Kernel
import Testing

@testable import Patterns

/// Three servers, agents with an instance each, and one resolver, on a wire with a fixed delay.
struct ConsulCluster {
  enum Mail {
    case raft(StoreReplica<ConsulCatalog>.Node.Message)
    case gossip(GossipMessage)
    case ask(Int, ConsulRequest)
    case answer(Int, ConsulResponse)
  }

  static let service = ServiceID(0)
  let servers = (0..<3).map(NodeID.init)
  let hosts: [NodeID]
  let caller = NodeID(30)
  var machines: [NodeID: ConsulServer] = [:]
  var agents: [NodeID: ConsulAgent] = [:]
  var resolver: ConsulResolver
  var disks: [NodeID: RaftStorage<StampedCommand<ConsulCommand>, ConsulCatalog>] = [:]
  var mail: [(at: Instant, from: NodeID, to: NodeID, mail: Mail)] = []
  var now = Instant.zero
  var down: Set<NodeID> = []
  var sick: Set<NodeID> = []
  var failures = 0
  var wakes: [NodeID: Instant] = [:]

  init(_ count: Int, mode: ConsulReadMode = .standard, seed: UInt64 = 1) {
    hosts = (0..<count).map { NodeID(10 + $0) }
    resolver = ConsulResolver(
      ConsulQuery(Self.service, mode: mode, wait: .seconds(20)), servers: servers)
    for node in servers {
      let disk = RaftStorage<StampedCommand<ConsulCommand>, ConsulCatalog>(
        founders: RaftMembership(voters: servers))
      disks[node] = disk
      var machine = ConsulServer(
        node, servers: servers, members: servers + hosts, storage: disk, seed: seed)
      take(node, machine.step(.started, at: .zero))
      machines[node] = machine
    }
    for node in hosts {
      var agent = ConsulAgent(node, servers: servers, members: servers + hosts, seed: seed)
      take(node, agent.step(.started, at: .zero))
      take(node, agent.step(.register(Self.instance(of: node), Self.service), at: .zero))
      agents[node] = agent
    }
    take(resolver.step(.started, at: .zero))
  }

  static func instance(of host: NodeID) -> NodeID { NodeID(host.index + 100) }

  private mutating func post(_ item: Mail, from source: NodeID, to target: NodeID) {
    mail.append((now + .milliseconds(2), source, target, item))
  }

  mutating func take(_ node: NodeID, _ outputs: [ConsulServer.Output]) {
    for output in outputs {
      switch output {
      case .persist(let write): disks[node]?.write(write)
      case .raft(let message): post(.raft(message), from: node, to: message.target)
      case .gossip(let message, let target): post(.gossip(message), from: node, to: target)
      case .answer(let call, let response, let target):
        post(.answer(call, response), from: node, to: target)
      case .call(let call, let request, let server):
        post(.ask(call, request), from: node, to: server)
      case .wakeMe(let instant): wakeUp(node, at: instant)
      case .entered: break
      }
    }
  }

  mutating func take(_ node: NodeID, _ outputs: [ConsulAgent.Output]) {
    for output in outputs {
      switch output {
      case .check(let instance, let number):
        let isHealthy = !sick.contains(instance)
        let result = agents[node]?.step(
          .checked(instance, number: number, isHealthy: isHealthy), at: now)
        take(node, result ?? [])
      case .call(let call, let request, let server):
        post(.ask(call, request), from: node, to: server)
      case .gossip(let message, let target): post(.gossip(message), from: node, to: target)
      case .wakeMe(let instant): wakeUp(node, at: instant)
      case .entered: break
      }
    }
  }

  mutating func take(_ outputs: [ConsulResolver.Output]) {
    for output in outputs {
      switch output {
      case .call(let call, let request, let server):
        post(.ask(call, request), from: caller, to: server)
      case .failed: failures += 1
      case .wakeMe(let instant): wakeUp(caller, at: instant)
      case .viewChanged, .answered: break
      }
    }
  }

  private mutating func wakeUp(_ node: NodeID, at instant: Instant) {
    wakes[node] = min(instant, wakes[node] ?? instant)
  }

  private mutating func deliver(_ item: Mail, from source: NodeID, to target: NodeID) {
    switch item {
    case .raft(let message):
      take(target, machines[target]?.step(.raft(message), at: now) ?? [])
    case .gossip(let message):
      take(target, machines[target]?.step(.gossip(message, from: source), at: now) ?? [])
      take(target, agents[target]?.step(.gossip(message, from: source), at: now) ?? [])
    case .ask(let call, let request):
      take(target, machines[target]?.step(.asked(call, request, from: source), at: now) ?? [])
    case .answer(let call, let response):
      take(target, machines[target]?.step(.answered(call, response), at: now) ?? [])
      take(target, agents[target]?.step(.answered(call, response), at: now) ?? [])
      if target == caller { take(resolver.step(.answered(call, response), at: now)) }
    }
  }

  mutating func run(for span: TimeSpan) {
    let end = now + span
    while now < end {
      now += .milliseconds(50)
      let due = mail.filter { $0.at <= now }
      mail.removeAll { $0.at <= now }
      for letter in due where !down.contains(letter.from) && !down.contains(letter.to) {
        deliver(letter.mail, from: letter.from, to: letter.to)
      }
      for node in wakes.keys.sorted() {
        guard let due = wakes[node], due <= now, !down.contains(node) else { continue }
        wakes[node] = nil
        take(node, machines[node]?.step(.wake, at: now) ?? [])
        take(node, agents[node]?.step(.wake, at: now) ?? [])
        if node == caller { take(resolver.step(.wake, at: now)) }
        #expect(machines[node]?.checkInvariants() == nil)
        #expect(agents[node]?.checkInvariants() == nil)
      }
      #expect(resolver.checkInvariants() == nil)
    }
  }

  var leader: NodeID? { servers.first { machines[$0]?.replica.isLeader == true } }
}

@Suite("Consul cluster")
struct ConsulClusterTests {
  @Test("Instances that pass their checks reach the caller")
  func registers() {
    var cluster = ConsulCluster(4)
    cluster.run(for: .seconds(40))
    #expect(cluster.resolver.instances == cluster.hosts.map(ConsulCluster.instance))
    let catalogs = cluster.servers.compactMap { cluster.machines[$0]?.catalog }
    #expect(Set(catalogs).count == 1)
  }

  @Test("A failing check takes an instance out within an interval, and a good one puts it back")
  func checks() {
    var cluster = ConsulCluster(3)
    cluster.run(for: .seconds(40))
    let instance = ConsulCluster.instance(of: cluster.hosts[1])
    cluster.sick = [instance]
    cluster.run(for: .seconds(11))
    #expect(!cluster.resolver.instances.contains(instance))
    cluster.sick = []
    cluster.run(for: .seconds(11))
    #expect(cluster.resolver.instances.contains(instance))
  }

  @Test("A machine that dies leaves by way of gossip", arguments: [UInt64(1), 2, 3])
  func serfHealth(seed: UInt64) {
    var cluster = ConsulCluster(4, seed: seed)
    cluster.run(for: .seconds(40))
    cluster.down = [cluster.hosts[2]]
    cluster.run(for: .seconds(40))
    let instance = ConsulCluster.instance(of: cluster.hosts[2])
    #expect(!cluster.resolver.instances.contains(instance))
    #expect(cluster.resolver.instances.count == 3)
  }

  @Test(
    "Without a majority stale reads are answered and others are not",
    arguments: [ConsulReadMode.standard, .consistent, .stale])
  func quorumLoss(mode: ConsulReadMode) {
    var cluster = ConsulCluster(3, mode: mode)
    cluster.run(for: .seconds(40))
    let survivor = cluster.leader == cluster.servers[0] ? cluster.servers[1] : cluster.servers[0]
    cluster.down = Set(cluster.servers).subtracting([survivor])
    cluster.run(for: .minutes(1))
    cluster.resolver = ConsulResolver(
      ConsulQuery(ConsulCluster.service, mode: mode), servers: [survivor])
    cluster.take(cluster.resolver.step(.started, at: cluster.now))
    cluster.run(for: .seconds(30))
    #expect(cluster.resolver.instances.count == (mode == .stale ? 3 : 0))
    if mode == .stale { #expect(cluster.resolver.lastContact > .seconds(50)) }
  }

  @Test("What the catalog should not hold is taken out by the next full sync")
  func antiEntropy() {
    var cluster = ConsulCluster(2)
    cluster.run(for: .seconds(40))
    let ghost = ConsulEntry(
      instance: NodeID(500), agent: cluster.hosts[0], service: ConsulCluster.service,
      status: .passing)
    let leader = cluster.leader ?? cluster.servers[0]
    let outputs = cluster.machines[leader]?.step(
      .asked(1, .write(.register(ghost)), from: NodeID(31)), at: cluster.now)
    cluster.take(leader, outputs ?? [])
    cluster.run(for: .seconds(5))
    #expect(cluster.resolver.instances.contains(NodeID(500)))
    cluster.run(for: .minutes(2))
    #expect(!cluster.resolver.instances.contains(NodeID(500)))
  }

  @Test("Checks count as configured")
  func counters() {
    var check = ConsulCheck(
      .http(interval: .seconds(10), timeout: .seconds(1)),
      counters: ConsulCheckCounters(passing: 2, warning: 2, critical: 3), at: .zero)
    func results(_ text: String) -> String {
      text.map { letter in
        _ = check.take(letter == "+" ? .passing : .critical, at: .zero)
        return check.status.rawValue.prefix(1)
      }.joined()
    }
    #expect(results("+") == "c")
    #expect(results("+") == "p")
    #expect(results("---") == "pwc")
    #expect(results("+-+") == "ccc")
    #expect(results("+") == "p")
  }

  @Test(
    "The full sync slows down by a minute a doubling",
    arguments: zip([1, 128, 129, 256, 257, 512, 513, 1_024], [1, 1, 2, 2, 3, 3, 4, 4]))
  func scale(members: Int, minutes: Int) {
    #expect(ConsulAgentOptions.antiEntropyScale(members: members) == minutes)
  }
}
