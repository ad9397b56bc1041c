import Blueprints
import Kernel

/// The figures of a design as knobs, and back.
enum BlueprintKnobs {
  /// One knob and what it turns.
  fileprivate enum Target {
    case component(Int, ComponentOption)
    case call(Int, CallOption)
  }

  static func knobs(of design: Blueprint) -> [Knob] { table(of: design).map(\.knob) }

  /// The design with every setting in it; refuses what cannot run.
  static func apply(_ settings: Settings, to design: Blueprint) throws(Diagnostic) -> Blueprint {
    var changed = design
    for (knob, target) in table(of: design) {
      let setting = settings[knob.name]
      guard setting != knob.standard else { continue }
      switch target {
      case .component(let place, let option): option.change(&changed.components[place], setting)
      case .call(let place, let option): option.change(&changed.calls[place], setting)
      }
    }
    try changed.validate()
    return changed
  }

  fileprivate static func table(of design: Blueprint) -> [(knob: Knob, target: Target)] {
    var table: [(knob: Knob, target: Target)] = []
    for (place, component) in design.components.enumerated() {
      for option in ComponentOption.all(of: component.kind) {
        table.append(
          (
            Knob(
              "\(component.name).\(option.name)", option.kind, standard: option.value(component),
              role: component.kind.role == .source ? .load : .design, source: "the design",
              "\(component.name): \(option.summary)"), .component(place, option)
          ))
      }
    }
    for (place, call) in design.calls.enumerated() {
      let source = design.components[call.source].name
      let target = design.components[call.target].name
      let earlier = design.calls[..<place].count {
        $0.source == call.source && $0.target == call.target
      }
      let number = earlier == 0 ? "" : "\(earlier + 1)"
      for option in CallOption.all {
        table.append(
          (
            Knob(
              "\(source).\(target)\(number).\(option.name)", option.kind,
              standard: option.value(call), source: "the design",
              "the call \(source) -> \(target): \(option.summary)"), .call(place, option)
          ))
      }
    }
    return table
  }
}

extension BlueprintKnobs {
  /// The guards that the design has under `settings`: each knob with the text that takes it away.
  static func guards(
    _ settings: Settings, of design: Blueprint
  ) -> [(knob: String, without: String)] {
    var guards: [(knob: String, without: String)] = []
    for (knob, target) in table(of: design) {
      switch target {
      case .call(let place, let option):
        guard let without = option.without, settings[knob.name] != without else { continue }
        if option.name == "jitter", design.calls[place].attempts == 1 { continue }
        guards.append((knob.name, knob.text(without)))
      case .component(_, let option):
        guard option.name == "coalesce", settings[knob.name] == .flag(true) else { continue }
        guards.append((knob.name, "off"))
      }
    }
    return guards
  }
}
