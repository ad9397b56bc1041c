import Kernel
import Patterns

/// The settings of a universe, read once.
struct DiscoverySetup: Sendable {
  let registry: RegistryKind
  let isServerSide: Bool
  let isRoundRobin: Bool
  let timeout: TimeSpan
  let retries: Int
  let ejectAfter: Int
  let ejectionTime: TimeSpan
  let maxStaleness: TimeSpan
  let deregisters: Bool
  let drain: TimeSpan
  let rate: Double
  let duration: TimeSpan
  let deploy: Deploy?
  let tools: Tools
  let roster: DiscoveryRoster

  /// A rolling deploy.
  struct Deploy: Sendable {
    let at: Instant
    let startup: TimeSpan
    let pause: TimeSpan
  }

  /// The options of every tool; only those of the chosen registry are used.
  struct Tools: Sendable {
    let eurekaServer: EurekaServerOptions
    let eurekaClient: EurekaClientOptions
    let consulAgent: ConsulAgentOptions
    let consulServer: ConsulServerOptions
    let consulRead: ConsulReadMode
    let etcdServer: EtcdServerOptions
    let etcdClient: EtcdClientOptions
    let kubeControlPlane: KubeControlPlaneOptions
    let kubelet: KubeletOptions
    let kubeProxy: KubeProxyOptions
    let isHeadless: Bool
    let nameTTL: TimeSpan
    let keepsNamesForever: Bool
  }

  /// When the load begins and figures start to count: after a minute, or half of a short run.
  var measuredFrom: Instant { .zero + min(.seconds(60), duration / 2) }

  /// `mutant` is the id of the deliberate bug that one of the parts is to have.
  init(_ settings: Settings, mutant: String? = nil) {
    registry = RegistryKind(rawValue: settings.word("registry")) ?? .eureka
    isServerSide = settings.word("caller.discovery") == "server"
    isRoundRobin = settings.word("caller.policy") == "round-robin"
    timeout = settings.span("caller.timeout")
    retries = settings.integer("caller.retries")
    ejectAfter = settings.integer("caller.eject_after")
    ejectionTime = settings.span("caller.ejection_time")
    maxStaleness = settings.span("caller.max_staleness")
    deregisters = settings.flag("instance.deregister")
    drain = settings.span("instance.drain")
    rate = settings.number("rate")
    duration = settings.span("duration")
    let at = settings.span("deploy.at")
    deploy =
      at == .zero
      ? nil
      : Deploy(
        at: .zero + at, startup: settings.span("deploy.startup"),
        pause: settings.span("deploy.pause"))
    tools = Tools(settings, mutant.flatMap(DiscoveryShortcut.init(rawValue:)))
    roster = DiscoveryRoster(
      instances: settings.integer("instances"), callers: settings.integer("callers"),
      isServerSide: isServerSide, hasNameServer: registry == .kubernetes && tools.isHeadless)
  }

  /// When the run ends.
  var end: Instant { .zero + duration }
}

extension DiscoverySetup.Tools {
  init(_ settings: Settings, _ shortcut: DiscoveryShortcut?) {
    var eureka = EurekaServerOptions(settings)
    eureka.shortcut = shortcut
    eurekaServer = eureka
    eurekaClient = EurekaClientOptions(settings)
    var agent = ConsulAgentOptions(settings)
    agent.gossip.shortcut = shortcut
    consulAgent = agent
    var consul = ConsulServerOptions(settings)
    consul.gossip.shortcut = shortcut
    consulServer = consul
    consulRead = ConsulReadMode(rawValue: settings.word("consul.read")) ?? .standard
    var server = EtcdServerOptions()
    server.electionTimeout = settings.span("etcd.election-timeout")
    server.heartbeatInterval = min(
      settings.span("etcd.heartbeat-interval"), server.electionTimeout / 5)
    server.shortcut = shortcut
    if shortcut == .keepsLogInMemory { server.raftShortcuts = [.keepsLogInMemory] }
    etcdServer = server
    var client = EtcdClientOptions()
    client.leaseTTL = Int64(settings.integer("etcd.lease.ttl"))
    client.commandTimeout = settings.span("etcd.client.command-timeout")
    client.dialKeepAliveTime = settings.span("etcd.client.keepalive-time")
    client.dialKeepAliveTimeout = settings.span("etcd.client.keepalive-timeout")
    client.readsSerializable = settings.flag("etcd.client.serializable")
    client.requiresLeader = settings.flag("etcd.client.require-leader")
    etcdClient = client
    var plane = KubeControlPlaneOptions()
    plane.nodeMonitorGracePeriod = settings.span("kubernetes.node-monitor-grace-period")
    plane.shortcut = shortcut
    kubeControlPlane = plane
    var kubelet = KubeletOptions()
    kubelet.periodSeconds = settings.span("kubernetes.readinessProbe.periodSeconds")
    kubelet.failureThreshold = settings.integer("kubernetes.readinessProbe.failureThreshold")
    kubelet.preStop = settings.span("instance.drain")
    kubelet.shortcut = shortcut
    self.kubelet = kubelet
    var proxy = KubeProxyOptions()
    proxy.minSyncPeriod = settings.span("kubernetes.iptables.minSyncPeriod")
    proxy.shortcut = shortcut
    kubeProxy = proxy
    isHeadless = settings.word("kubernetes.service") == "headless"
    nameTTL = settings.span("kubernetes.dns.ttl")
    keepsNamesForever = settings.word("kubernetes.dns.clientCache") == "forever"
  }
}
