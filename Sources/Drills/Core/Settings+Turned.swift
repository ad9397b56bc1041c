import Kernel

extension Settings {
  /// What stands away from its default, as a bench says it when knobs were turned.
  var turned: String {
    let changes = self.changes.map { "\($0.name)=\($0.text)" }
    return "Knobs away from their defaults: "
      + (changes.isEmpty ? "none" : changes.joined(separator: " "))
  }
}
