import Kernel

extension PodLifecycle {
  /// How the sidecar stands in the pod.
  public enum Form: String, Sendable, Hashable, CaseIterable {
    /// Among the ordinary containers.
    case container
    /// Among the init containers, with `restartPolicy: Always`.
    case native
  }

  /// What can be set.
  public struct Options: Sendable, Hashable {
    /// How the sidecar stands in the pod.
    public var form = Form.container
    /// Whether an ordinary sidecar holds the application back until it is ready.
    public var holdsApplication = false
    /// Whether a native sidecar has a startup probe.
    public var hasStartupProbe = true
    /// Whether an init container prepares the pod.
    public var hasSetup = false
    /// Whether that one makes a call, which needs the sidecar.
    public var setupCalls = false
    /// Whether a native sidecar stands before it in the list.
    public var sidecarBeforeSetup = true
    /// How long the application's hook before stopping takes; it goes on taking requests.
    public var preStop = TimeSpan.zero
    /// How long the sidecar's hook before stopping takes.
    public var sidecarPreStop = TimeSpan.zero
    /// How long the sidecar goes on after it was told to stop; Istio: 5 s.
    public var drain = TimeSpan.seconds(5)
    /// Whether it ends, instead, as soon as nothing is open in it.
    public var exitsOnZero = false
    /// How long it waits at least before it looks; Istio: 5 s.
    public var minimumDrain = TimeSpan.seconds(5)
    /// Whether it refuses new requests once it was told to stop, as Linkerd's does.
    public var refusesWhenStopping = false
    /// How long all of that may take; Kubernetes: 30 s.
    public var gracePeriod = TimeSpan.seconds(30)
    /// A wrong way to build it, for drills; nil for the right one.
    public var shortcut: SidecarShortcut?

    /// An ordinary container, with the defaults named beside the options.
    public init() {}

    /// Whether the application must not start before the sidecar was ready.
    public var waitsForReady: Bool { form == .native ? hasStartupProbe : holdsApplication }
  }
}
