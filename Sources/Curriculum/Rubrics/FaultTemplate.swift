import Blueprints
import Kernel

/// A fault line whose names in braces are looked up in a design: `at 30s crash {cache}-1`.
///
/// `{KIND}` is the first component of that kind and `{KIND}-1` its first instance; `{store}` the
/// first store that takes writes (its `-1` is the primary of the first shard); `{zone}` and
/// `{region}` are the first ones.
public struct FaultTemplate: Sendable, Hashable {
  /// The line as written.
  public let text: String

  /// The template `text`; refuses names in braces that no design can have.
  public init(_ text: String) throws(Diagnostic) {
    self.text = text
    for name in Self.names(text) where !Self.places.contains(name) {
      _ = try ComponentKind.named(name)
    }
  }

  private static let places = ["store", "zone", "region"]

  /// The line for `design`; nil when the design has no such thing.
  public func line(for design: Blueprint) -> String? {
    var line = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest.firstIndex(of: "}"), open < close {
      line += rest[..<open]
      let name = String(rest[rest.index(after: open)..<close])
      rest = rest[rest.index(after: close)...]
      let isInstance = rest.hasPrefix("-1")
      if isInstance { rest = rest.dropFirst(2) }
      guard let found = Self.name(name, isInstance: isInstance, in: design) else { return nil }
      line += found
    }
    return line + rest
  }

  /// The kinds and places that the design would need and has not.
  public func missing(in design: Blueprint) -> [String] {
    Self.names(text).filter { Self.name($0, isInstance: false, in: design) == nil }
  }

  private static func names(_ text: String) -> [String] {
    text.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
  }

  private static func name(
    _ name: String, isInstance: Bool, in design: Blueprint
  ) -> String? {
    switch name {
    case "zone": return design.zones.first?.name
    case "region": return design.regions.first
    default: break
    }
    guard let component = component(name, in: design) else { return nil }
    guard isInstance, component.instances > 1 else { return component.name }
    return component.shards > 1 ? "\(component.name)-s1-1" : "\(component.name)-1"
  }

  private static func component(_ name: String, in design: Blueprint) -> Component? {
    guard name == "store" else { return design.components.first { $0.kind.name == name } }
    let flow = OfferedLoad(design)
    let writes = Set(
      design.components.flatMap { $0.load?.operations ?? [] }.filter(\.isWrite).map(\.name))
    let places = design.components.indices.filter { design.components[$0].kind.role == .store }
    let place = places.first { !writes.isDisjoint(with: flow.operations[$0]) } ?? places.first
    return place.map { design.components[$0] }
  }
}
