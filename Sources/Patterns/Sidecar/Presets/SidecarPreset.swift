import Kernel

/// The tools whose own parameters the pod understands: each has a part for the pod's life, and those
/// that bring a proxy have that proxy's parameters as in the mesh.
public enum SidecarPreset: String, Sendable, Hashable, CaseIterable {
  /// Plain names.
  case plain
  /// Istio's injected proxy.
  case istio
  /// Linkerd's injected proxy.
  case linkerd
  /// A sidecar container of Kubernetes itself.
  case kubernetes

  /// The knobs with the defaults of the tool, and where they come from.
  public var tool: ToolPreset {
    switch self {
    case .plain:
      ToolPreset(
        id: rawValue, title: "The mechanism under plain names",
        knobs: Self.plainKnobs + meshKnobs, leavesOut: [])
    case .istio:
      ToolPreset(
        id: rawValue, title: "Istio's injected proxy", knobs: Self.istioKnobs + meshKnobs,
        leavesOut: [
          "With nativeSidecar the hook that holds the application back has no effect: the startup "
            + "probe does its work.",
          "What Envoy does with new connections while it drains is left out: it takes them.",
        ])
    case .linkerd:
      ToolPreset(
        id: rawValue, title: "Linkerd's injected proxy", knobs: Self.linkerdKnobs + meshKnobs,
        leavesOut: [
          "proxy.shutdownGracePeriod is left out: only the pod's grace period ends a proxy that "
            + "still has connections."
        ])
    case .kubernetes:
      ToolPreset(
        id: rawValue, title: "Kubernetes, sidecar container", knobs: Self.kubernetesKnobs,
        leavesOut: [
          "What runs in the sidecar is up to you: here a proxy of the mesh at plain defaults that "
            + "ends as soon as it is told to.",
          "The extra 2 s for a preStop hook that outlasts the grace period are left out.",
        ])
    }
  }

  /// The knobs of the proxy that have an effect in one zone.
  private var meshKnobs: [Knob] {
    let inOneZone: (Knob) -> Bool = {
      !["locality", "overprovision", "localityLbSetting.enabled"].contains($0.name)
    }
    return mesh.map { $0.tool.knobs.filter(inOneZone) } ?? []
  }

  /// The preset of the mesh whose proxy this tool injects.
  private var mesh: MeshPreset? {
    switch self {
    case .plain: .plain
    case .istio: .istio
    case .linkerd: .linkerd
    case .kubernetes: nil
    }
  }

  /// The mesh whose proxy stands in the pod, as far as `settings` describe it.
  public func meshDesign(_ settings: Settings) -> MeshDesign {
    (mesh ?? .plain).design(sharing: settings)
  }

  /// The pod that `settings` describe; they must hold the knobs of `tool`.
  public func options(_ settings: Settings) -> PodLifecycle.Options {
    var options = PodLifecycle.Options()
    switch self {
    case .plain:
      options.form = PodLifecycle.Form(rawValue: settings.word("form")) ?? .container
      options.holdsApplication = settings.flag("hold")
      options.hasStartupProbe = settings.flag("startup.probe")
      options.hasSetup = settings.word("setup") != "none"
      options.setupCalls = settings.word("setup") == "calls"
      options.sidecarBeforeSetup = settings.word("setup.order") == "sidecar-first"
      options.preStop = settings.span("prestop")
      options.sidecarPreStop = settings.span("sidecar.prestop")
      options.drain = settings.span("drain")
      options.exitsOnZero = settings.flag("exit.on.zero")
      options.minimumDrain = settings.span("drain.minimum")
      options.refusesWhenStopping = settings.flag("drain.refuses")
      options.gracePeriod = settings.span("grace")
    case .istio:
      options.form = settings.flag("sidecar.istio.io/nativeSidecar") ? .native : .container
      options.holdsApplication = settings.flag("holdApplicationUntilProxyStarts")
      options.drain = settings.span("terminationDrainDuration")
      options.exitsOnZero = settings.flag("EXIT_ON_ZERO_ACTIVE_CONNECTIONS")
      options.minimumDrain = settings.span("MINIMUM_DRAIN_DURATION")
      options.gracePeriod = .seconds(Int64(settings.integer("terminationGracePeriodSeconds")))
    case .linkerd:
      options.form =
        settings.flag("config.beta.linkerd.io/proxy-enable-native-sidecar")
        ? .native : .container
      options.holdsApplication = settings.flag("proxy.await")
      options.sidecarPreStop = .seconds(Int64(settings.integer("proxy.waitBeforeExitSeconds")))
      options.exitsOnZero = true
      options.minimumDrain = .zero
      options.refusesWhenStopping = true
      options.gracePeriod = .seconds(Int64(settings.integer("terminationGracePeriodSeconds")))
    case .kubernetes:
      options.form = settings.word("restartPolicy") == "Always" ? .native : .container
      options.hasStartupProbe = settings.flag("startupProbe")
      options.hasSetup = settings.word("initContainers") != "sidecar"
      options.setupCalls = options.hasSetup
      options.sidecarBeforeSetup = settings.word("initContainers") != "setup,sidecar"
      options.preStop = .seconds(Int64(settings.integer("preStop.sleep.seconds")))
      options.drain = .zero
      options.gracePeriod = .seconds(Int64(settings.integer("terminationGracePeriodSeconds")))
    }
    return options
  }
}
