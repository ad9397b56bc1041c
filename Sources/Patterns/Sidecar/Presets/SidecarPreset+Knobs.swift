import Kernel

/// The knobs of the pod's life, under plain names and under those of each tool.
extension SidecarPreset {
  private static let values =
    "github.com/linkerd/linkerd2 charts/linkerd-control-plane/values.yaml @01d1e4646ce4"
  private static let sidecars =
    "kubernetes/website docs/concepts/workloads/pods/sidecar-containers.md @020519ec6c14"
  private static let lifecycle =
    "kubernetes/website docs/concepts/workloads/pods/pod-lifecycle.md @00aacfad13ad"
  private static let proxy = "istio/api mesh/v1alpha1/proxy.proto @00d4ed3c5930"
  private static let agent =
    "istio/istio pilot/cmd/pilot-agent/options/options.go @0098d99f8e43"

  private static func grace(_ name: String) -> Knob {
    Knob(
      name, .integer(1...3_600), standard: .integer(30), source: lifecycle,
      "How long the pod may take to stop, its hooks included, in seconds.")
  }

  static let plainKnobs = [
    Knob(
      "form", .choice(PodLifecycle.Form.allCases.map(\.rawValue)), standard: .word("container"),
      source: "Kubernetes before 1.29 knows nothing else",
      "Whether the sidecar is an ordinary container, or an init container that goes on running."),
    Knob(
      "hold", .flag, standard: .flag(false),
      source: "Istio holdApplicationUntilProxyStarts: false",
      "Whether an ordinary sidecar holds the application back until it is ready."),
    Knob(
      "startup.probe", .flag, standard: .flag(true), source: sidecars,
      "Whether a native sidecar has a startup probe; without one its process need only run."),
    Knob(
      "setup", .choice(["none", "quiet", "calls"]), standard: .word("none"),
      "Whether an init container prepares the pod, and whether it makes a call."),
    Knob(
      "setup.order", .choice(["sidecar-first", "setup-first"]), standard: .word("sidecar-first"),
      "Which of the two stands first in the list of init containers (native)."),
    Knob(
      "prestop", .span(.zero...(.minutes(5))), standard: .span(.zero), source: lifecycle,
      "How long the application's hook before stopping takes; it takes requests meanwhile."),
    Knob(
      "sidecar.prestop", .span(.zero...(.minutes(5))), standard: .span(.zero),
      source: "Linkerd proxy.waitBeforeExitSeconds: 0",
      "How long an ordinary sidecar's hook before stopping takes."),
    Knob(
      "drain", .span(.zero...(.minutes(10))), standard: .span(.seconds(5)),
      source: "Istio terminationDrainDuration: 5 s",
      "How long the sidecar goes on after it was told to stop."),
    Knob(
      "exit.on.zero", .flag, standard: .flag(false),
      source: "Istio EXIT_ON_ZERO_ACTIVE_CONNECTIONS: false",
      "Whether it ends, instead, when nothing is open in it any more."),
    Knob(
      "drain.minimum", .span(.zero...(.minutes(10))), standard: .span(.seconds(5)),
      source: "Istio MINIMUM_DRAIN_DURATION: 5 s",
      "How long it waits before it looks whether anything is open (exit.on.zero)."),
    Knob(
      "drain.refuses", .flag, standard: .flag(false),
      source: "Linkerd's proxy does, linkerd.io/2.11/tasks/graceful-shutdown",
      "Whether a sidecar that was told to stop refuses new requests, either way."),
    Knob(
      "grace", .span(.seconds(1)...(.hours(1))), standard: .span(.seconds(30)),
      source: lifecycle, "How long the pod may take to stop, its hooks included."),
  ]

  static let istioKnobs = [
    Knob(
      "holdApplicationUntilProxyStarts", .flag, standard: .flag(false), source: proxy,
      "Whether the application waits for the proxy."),
    Knob(
      "terminationDrainDuration", .span(.zero...(.minutes(10))), standard: .span(.seconds(5)),
      source: proxy, "How long the proxy goes on after it was told to stop."),
    Knob(
      "EXIT_ON_ZERO_ACTIVE_CONNECTIONS", .flag, standard: .flag(false), source: agent,
      "Whether it ends, instead, when no connection is active any more."),
    Knob(
      "MINIMUM_DRAIN_DURATION", .span(.zero...(.minutes(10))), standard: .span(.seconds(5)),
      source: agent, "How long it waits before it looks whether any is."),
    Knob(
      "sidecar.istio.io/nativeSidecar", .flag, standard: .flag(false),
      source: "an annotation of the pod; off as on clusters before Kubernetes 1.33",
      "Whether the proxy is injected as a native sidecar, with a startup probe."),
    grace("terminationGracePeriodSeconds"),
  ]

  static let linkerdKnobs = [
    Knob(
      "proxy.await", .flag, standard: .flag(true), source: values,
      "Whether the application waits for the proxy."),
    Knob(
      "proxy.waitBeforeExitSeconds", .integer(0...3_600), standard: .integer(0),
      source: values, "How long the proxy waits before it is told to stop."),
    Knob(
      "config.beta.linkerd.io/proxy-enable-native-sidecar", .flag, standard: .flag(false),
      source: "linkerd.io/2-edge/features/native-sidecars: to be enabled by an annotation",
      "Whether the proxy is injected as a native sidecar."),
    grace("terminationGracePeriodSeconds"),
  ]

  static let kubernetesKnobs = [
    Knob(
      "restartPolicy", .choice(["Always", "none"]), standard: .word("Always"), source: sidecars,
      "With Always among the init containers it is a sidecar: first up, last down."),
    Knob(
      "startupProbe", .flag, standard: .flag(false), source: sidecars,
      "Whether the sidecar has a startup probe; there is none unless you write one."),
    Knob(
      "initContainers", .choice(["sidecar", "sidecar,setup", "setup,sidecar"]),
      standard: .word("sidecar"), source: sidecars,
      "The list of init containers in its order; setup makes a call."),
    Knob(
      "preStop.sleep.seconds", .integer(0...300), standard: .integer(0), source: lifecycle,
      "How long the application's preStop hook sleeps."),
    grace("terminationGracePeriodSeconds"),
  ]
}
