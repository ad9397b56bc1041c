/// Looking into a value, and changing what an object holds.
extension JSON {
  /// The value of the member `name`; nil where there is none, or no object.
  public subscript(name: String) -> JSON? { members.first { $0.name == name }?.value }

  /// The string that this is, or nil.
  public var string: String? { if case .text(let text) = self { text } else { nil } }

  /// The members of the object that this is; none where it is no object.
  public var members: [Member] { if case .object(let members) = self { members } else { [] } }

  /// The same object with `value` for `name`: in its place, or at the end; nil takes it away.
  public func setting(_ name: String, to value: JSON?) -> JSON {
    var members = members
    let place = members.firstIndex { $0.name == name }
    switch (place, value) {
    case (let place?, let value?): members[place].value = value
    case (let place?, nil): members.remove(at: place)
    case (nil, let value?): members.append(Member(name, value))
    case (nil, nil): break
    }
    return .object(members)
  }
}
