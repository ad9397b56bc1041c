import Kernel

/// The tools whose own parameters the pod understands.
public enum SidecarPreset: String, Sendable, Hashable, CaseIterable {
  /// Plain names.
  case plain
  /// Istio's injected proxy.
  case istio
  /// Linkerd's injected proxy.
  case linkerd
  /// A sidecar container of Kubernetes itself.
  case kubernetes

  private static let values =
    "github.com/linkerd/linkerd2 charts/linkerd-control-plane/values.yaml @01d1e4646ce4"
  private static let native = "kubernetes.io/docs/concepts/workloads/pods/sidecar-containers"
  private static let issue = "github.com/istio/istio issue 34855"

  /// The knobs with the defaults of the tool, and where they come from.
  public var tool: ToolPreset {
    switch self {
    case .plain:
      ToolPreset(
        id: rawValue, title: "The mechanism under plain names", knobs: Self.plainKnobs,
        leavesOut: [])
    case .istio:
      ToolPreset(
        id: rawValue, title: "Istio's proxy",
        knobs: [
          Knob(
            "holdApplicationUntilProxyStarts", .flag, standard: .flag(false),
            source: "istio.io/latest/docs/reference/config/istio.mesh.v1alpha1 ProxyConfig",
            "Whether the application waits for the proxy."),
          Knob(
            "terminationDrainDuration", .span(.zero...(.minutes(10))),
            standard: .span(.seconds(5)), source: Self.issue,
            "How long the proxy goes on after it was told to stop."),
          Knob(
            "terminationGracePeriodSeconds", .integer(1...3_600), standard: .integer(30),
            source: Self.issue, "How long the pod may take to stop, in seconds."),
        ], leavesOut: ["Native sidecars and EXIT_ON_ZERO_ACTIVE_CONNECTIONS are left out."])
    case .linkerd:
      ToolPreset(
        id: rawValue, title: "Linkerd's proxy",
        knobs: [
          Knob(
            "proxy.await", .flag, standard: .flag(true), source: Self.values,
            "Whether the application waits for the proxy."),
          Knob(
            "proxy.waitBeforeExitSeconds", .integer(0...3_600), standard: .integer(0),
            source: Self.values, "How long the proxy waits before it is told to stop."),
        ], leavesOut: ["shutdownGracePeriod is left out."])
    case .kubernetes:
      ToolPreset(
        id: rawValue, title: "Kubernetes sidecar container",
        knobs: [
          Knob(
            "restartPolicy", .choice(["Always", "none"]), standard: .word("Always"),
            source: Self.native,
            "With Always among the init containers it is a sidecar: first up, last down."),
          Knob(
            "terminationGracePeriodSeconds", .integer(1...3_600), standard: .integer(30),
            source: Self.issue, "How long the pod may take to stop, in seconds."),
        ], leavesOut: ["Startup probes are part of the time that the sidecar takes to be up."])
    }
  }

  private static let plainKnobs = [
    Knob(
      "start", .choice(["together", "sidecar-first"]), standard: .word("together"),
      source: "Istio holdApplicationUntilProxyStarts: false",
      "Whether the application waits until its sidecar is up."),
    Knob(
      "stop", .choice(["together", "sidecar-last"]), standard: .word("together"),
      source: "Kubernetes: all containers of a pod are told at once, unless one is a sidecar",
      "Whether the sidecar is told to stop when the application is gone."),
    Knob(
      "drain", .span(.zero...(.minutes(10))), standard: .span(.seconds(5)),
      source: "Istio terminationDrainDuration: 5 s",
      "How long the sidecar goes on after it was told to stop (together)."),
    Knob(
      "linger", .span(.zero...(.minutes(1))), standard: .span(.zero),
      "How long the application takes new requests after it was told to stop."),
  ]

  /// The pod that `settings` describe; they must hold the knobs of `tool`.
  public func options(_ settings: Settings) -> PodLifecycle.Options {
    var options = PodLifecycle.Options()
    switch self {
    case .plain:
      options.startsSidecarFirst = settings.word("start") == "sidecar-first"
      options.stopsSidecarLast = settings.word("stop") == "sidecar-last"
      options.drain = settings.span("drain")
      options.linger = settings.span("linger")
    case .istio:
      options.startsSidecarFirst = settings.flag("holdApplicationUntilProxyStarts")
      options.drain = settings.span("terminationDrainDuration")
      options.gracePeriod = .seconds(Int64(settings.integer("terminationGracePeriodSeconds")))
    case .linkerd:
      options.startsSidecarFirst = settings.flag("proxy.await")
      options.drain = .seconds(Int64(settings.integer("proxy.waitBeforeExitSeconds")))
    case .kubernetes:
      let isNative = settings.word("restartPolicy") == "Always"
      options.startsSidecarFirst = isNative
      options.stopsSidecarLast = isNative
      options.gracePeriod = .seconds(Int64(settings.integer("terminationGracePeriodSeconds")))
    }
    return options
  }
}
