import Kernel
import Patterns

extension DiscoveryFamily {
  mutating func start(
    _ node: NodeID, from storage: DiscoveryDisk, life: Int, at now: Instant
  ) -> DiscoveryPart {
    let roster = setup.roster
    let birth = Birth(node: node, storage: storage, life: life, now: now)
    if roster.registries.contains(node) {
      if life > 0 { forget(node) }
      return DiscoveryPart(role: .registry(registry(birth)))
    }
    if roster.isApp(node) { return DiscoveryPart(role: .app(app(birth))) }
    if let app = roster.app(on: node) {
      return DiscoveryPart(role: .host(host(birth, of: app)))
    }
    if node == roster.nameServer {
      let watcher = PickerPart.View.rules(
        KubeWatcher(servers: roster.registries, first: 0, options: setup.tools.kubeProxy))
      return DiscoveryPart(role: .picker(picker(watcher)))
    }
    guard roster.pickers.contains(node) else { return DiscoveryPart(role: .caller) }
    return DiscoveryPart(role: .picker(picker(view(birth))))
  }

  /// One start of one process.
  private struct Birth {
    let node: NodeID
    let storage: DiscoveryDisk
    let life: Int
    let now: Instant
  }

  /// The seed of this life of the process: a restarted one does not repeat its draws.
  private func seed(of birth: Birth) -> UInt64 { seed &+ UInt64(birth.life) &* 0x9e37_79b9 }

  private func stream(_ birth: Birth, _ purpose: String) -> RandomStream {
    RandomStream(seed: seed(of: birth), name: "discovery/\(birth.node.index)/\(purpose)")
  }

  private var instances: [EurekaInstance] {
    setup.roster.apps.map { app in
      EurekaInstance(
        node: app, service: Self.service, lastDirty: .zero,
        renewalInterval: setup.tools.eurekaClient.leaseRenewalInterval,
        leaseDuration: setup.tools.eurekaClient.leaseExpirationDuration)
    }
  }

  private var gossipers: [NodeID] { setup.roster.registries + setup.roster.hosts }

  private func registry(_ birth: Birth) -> RegistryPart {
    let servers = setup.roster.registries
    switch setup.registry {
    case .eureka:
      let random = stream(birth, "eviction")
      guard birth.life == 0 else {
        return RegistryPart(
          server: .eureka(
            EurekaServer(
              birth.node, peers: servers, options: setup.tools.eurekaServer, random: random)))
      }
      let opened = EurekaServer.opened(
        birth.node, peers: servers, with: instances, options: setup.tools.eurekaServer,
        random: random, at: birth.now)
      return RegistryPart(server: .eureka(opened.server), pending: opened.outputs)
    case .consul:
      return RegistryPart(
        server: .consul(
          ConsulServer(
            birth.node, servers: servers, members: gossipers, storage: birth.storage.consul,
            options: setup.tools.consulServer, seed: seed(of: birth), at: birth.now)))
    case .etcd:
      return RegistryPart(
        server: .etcd(
          EtcdServer(
            birth.node, disk: birth.storage.etcd, options: setup.tools.etcdServer,
            random: stream(birth, "raft"))))
    case .kubernetes:
      return RegistryPart(
        server: .kubernetes(
          KubeControlPlane(
            birth.node, storage: birth.storage.kubernetes,
            options: setup.tools.kubeControlPlane, seed: seed(of: birth))))
    }
  }

  private func app(_ birth: Birth) -> AppPart {
    let host = setup.roster.host(of: birth.node)
    var part = AppPart(me: birth.node, host: host, client: .none)
    switch setup.registry {
    case .eureka:
      var options = setup.tools.eurekaClient
      options.fetchRegistry = false
      let client = EurekaClient(
        birth.node, service: Self.service, servers: rotated(by: birth.node.index),
        options: options, at: birth.now)
      var random = stream(birth, "phase")
      let phase = random.span(.zero, to: options.leaseRenewalInterval)
      part.client = .eureka(
        client, resumed: birth.life == 0 ? AppPart.EurekaResume(heartbeatIn: phase) : nil)
    case .etcd:
      var options = setup.tools.etcdClient
      options.discovers = false
      part.client = .etcd(
        EtcdClient(
          birth.node, service: Self.service, servers: setup.roster.registries,
          options: options))
    case .consul, .kubernetes: break
    }
    return part
  }

  private func host(_ birth: Birth, of app: NodeID) -> HostPart {
    var part = HostPart(app: app, service: Self.service, agent: .none)
    switch setup.registry {
    case .eureka, .etcd: break
    case .consul:
      part.agent = .consul(
        ConsulAgent(
          birth.node, servers: setup.roster.registries, members: gossipers,
          options: setup.tools.consulAgent, seed: seed(of: birth), at: birth.now))
    case .kubernetes:
      part.agent = .kubelet(
        Kubelet(
          birth.node, servers: setup.roster.registries, options: setup.tools.kubelet,
          seed: seed(of: birth)))
    }
    return part
  }

  private func picker(_ view: PickerPart.View) -> PickerPart {
    PickerPart(view, service: Self.service, nameTTL: setup.tools.nameTTL)
  }

  private func view(_ birth: Birth) -> PickerPart.View {
    let servers = setup.roster.registries
    switch setup.registry {
    case .eureka:
      var options = setup.tools.eurekaClient
      options.registerWithEureka = false
      let client = EurekaClient(
        birth.node, service: Self.service, servers: rotated(by: birth.node.index),
        options: options, at: birth.now)
      var random = stream(birth, "phase")
      let phase = random.span(.zero, to: options.registryFetchInterval)
      let copy = birth.life == 0 ? EurekaApplications(instances) : nil
      return .eureka(client, resumed: copy, fetchIn: phase)
    case .consul:
      let query = ConsulQuery(Self.service, mode: setup.tools.consulRead)
      return .consul(ConsulResolver(query, servers: servers, first: birth.node.index))
    case .etcd:
      var options = setup.tools.etcdClient
      options.registers = false
      return .etcd(
        EtcdClient(birth.node, service: Self.service, servers: servers, options: options))
    case .kubernetes:
      if let nameServer = setup.roster.nameServer {
        let cache = NameCache(keepsForever: setup.tools.keepsNamesForever)
        return .names(cache, server: nameServer)
      }
      return .rules(
        KubeWatcher(
          servers: servers, first: birth.node.index, options: setup.tools.kubeProxy))
    }
  }

  /// The servers in an order of preference of the node's own, so that they share the load.
  private func rotated(by index: Int) -> [NodeID] {
    let servers = setup.roster.registries
    let shift = index % servers.count
    return Array(servers[shift...] + servers[..<shift])
  }
}
