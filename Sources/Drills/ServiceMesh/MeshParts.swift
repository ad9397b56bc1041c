import Kernel
import Patterns
import Simulation

/// One workload with its sidecar.
struct MeshNode: Sendable {
  /// What a node is called and where it stands.
  struct Plan: Sendable {
    let name: String
    let service: Int
    let zone: Int
    let subset: Int
  }

  let plan: Plan
  /// Its sidecar; the side that calls is nil at stock, which calls nobody.
  var proxy: MeshProxy
  /// Calls in slots, as numbers; calls that wait for the layer below are among them.
  var working: [Int] = []
  var line = CallLine()
  let slots: Int
  var isPaused = false
  /// Work that ended while it stood still.
  var heldBack: [Int] = []
  var serviceRandom: RandomStream
  var errorRandom: RandomStream
  var chooseRandom: RandomStream
  var retryRandom: RandomStream

  var hasFreeSlot: Bool { working.count < slots && !isPaused }

  mutating func vacate(_ call: Int) {
    guard let place = working.firstIndex(of: call) else { return }
    working.swapAt(place, working.count - 1)
    working.removeLast()
  }
}

/// Who sent a request into the mesh.
enum MeshClient: Int, Sendable { case client, batch, intruder, mirror }

/// One caller's errand at one hop: what its application wants, with all its tries.
struct MeshErrand: Sendable {
  let client: MeshClient
  /// 0 calls front, 1 orders, 2 stock.
  let hop: Int
  /// The node that calls.
  let source: Int
  /// The call at this node that waits for the errand; nil for a client's.
  let parent: Int?
  let begunAt: Instant
  /// What a copy must go to; nil for the routes to decide.
  let subset: Int?
  var app: RetrySequence
  var mesh: RetrySequence
  var tried = HostsTried()
  /// The call whose answer is waited for, and the wait before the next.
  var call: Int?
  var retry: EventHandle?
  var isMeshRetry = false
}

/// One call to an instance.
struct MeshCall: Sendable {
  let errand: Int
  let source: Int
  /// The instance, as a node and as an endpoint of the source.
  let target: Int
  let endpoint: Int
  let sentAt: Instant
  let identity: Int?
  let isRetry: Bool
  let cost: Int
  var timer: EventHandle?
  var isSettled = false
  var isInLine = false
  var isWorking = false
  var work: EventHandle?
  /// The errand at the next layer that its instance waits for.
  var child: Int?
  var failure: CallFailure?
  /// Parties that still know the call: its caller, and its instance or a message.
  var holders = 2
}
