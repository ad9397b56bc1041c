import Kernel
import Simulation

extension DiscoveryUniverse {
  /// Replaces the instance of that place, and sees to the next one.
  mutating func deploy(_ place: Int) {
    guard let deploy = setup.deploy, place < setup.roster.apps.count else { return }
    let app = setup.roster.apps[place]
    if meters.firstFault == nil { meters.firstFault = now }
    story.deploying(app, in: &cluster)
    if place + 1 < setup.roster.apps.count {
      cluster.setAlarm(DiscoveryAlarm.deploy(place + 1).number, at: now + deploy.pause)
    }
    leave(app, drain: setup.drain, place: place)
  }

  /// Lets an instance leave in good order: out of the registry first, if it does that, then down.
  private mutating func leave(_ app: NodeID, drain: TimeSpan, place: Int) {
    switch setup.registry {
    case .kubernetes:
      // The kubelet hears of it from the API server and stops the container after preStop.
      let server = setup.roster.registries.first { cluster.environment.processes.runs($0) }
      if let server { cluster.submit(.told(.deletePod(app)), to: server) }
      return
    case .eureka, .etcd:
      if setup.deregisters { cluster.submit(.told(.deregister), to: app) }
    case .consul:
      if setup.deregisters {
        cluster.submit(.told(.deregister), to: setup.roster.host(of: app))
      }
    }
    cluster.setAlarm(DiscoveryAlarm.stop(place).number, at: now + drain)
  }

  /// The drain of the instance of that place is over.
  mutating func stop(_ place: Int) { die(setup.roster.apps[place]) }

  /// The process of an instance ends and starts again after its start-up time.
  mutating func die(_ app: NodeID) {
    let startup = setup.deploy?.startup ?? .seconds(10)
    let fault = TimedFault(at: now, .crash(app), for: startup)
    cluster.add(fault)
    look(after: fault)
  }
}
