import Kernel

/// A service of Kubernetes as kube-proxy carries it out with iptables.
enum KubeProxyBalancing {
  private static let source =
    "github.com/kubernetes/website, Virtual IPs and Service Proxies"

  static let tool = ToolPreset(
    id: BalancerPreset.kubeProxy.rawValue, title: "Kubernetes service, kube-proxy iptables",
    knobs: knobs,
    leavesOut: [
      "A choice is made for each connection; here each request is one.",
      "There is no repeat: a connection to a dead pod fails.",
      "Pods are out when their readiness probe fails; fall 3 and rise 1 count the probes.",
      "The key of a request stands for the address of the client.",
    ])

  private static let knobs = [
    Knob(
      "sessionAffinity", .choice(["None", "ClientIP"]), standard: .word("None"), source: source,
      "Whether the connections of a client go to the same pod."),
    Knob(
      "timeoutSeconds", .integer(1...86_400), standard: .integer(10_800), source: source,
      "How long after its last connection a client is remembered."),
  ]

  static func setup(_ settings: Settings) -> BalancerSetup {
    var setup = BalancerSetup()
    setup.algorithm = .random
    setup.rise = 1
    if settings.word("sessionAffinity") == "ClientIP" {
      setup.affinity = .seconds(Int64(settings.integer("timeoutSeconds")))
    }
    return setup
  }
}
