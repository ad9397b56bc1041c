import Kernel
import Patterns
import Recordings
import Testing

/// Recordings in which requests are held at servers and let go, step by step.
enum HeldRequests {
  static func replay(
    _ recording: Recording, as algorithm: BalancingAlgorithm, _ options: Balancer.Options
  ) throws {
    var random = RandomStream(seed: 1, name: "none")
    for row in try #require(recording.observed.items) {
      let members = try #require(row["weights"]?.members)
      let names = members.map(\.name)
      var balancer = Balancer(
        algorithm, weights: members.compactMap(\.value.integer), options: options)
      func end(_ host: Int) {
        while balancer.inflight(of: host) > 0 {
          balancer.finished(host, succeeded: true, latency: .zero, at: .zero)
        }
      }
      func send(_ count: Int, isHeld: Bool) -> String {
        var letters = ""
        for _ in 0..<count {
          guard let host = balancer.pick(key: 0, at: .zero, using: &random) else { continue }
          letters += names[host]
          balancer.started(host, at: .zero)
          if !isHeld { balancer.finished(host, succeeded: true, latency: .zero, at: .zero) }
        }
        return letters
      }
      for entry in try #require(row["log"]?.items) {
        let step = try #require(entry["step"]?.string)
        let words = step.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        if words.first == "nothing" { for host in names.indices { end(host) } }
        if words.first == "finish", let place = words.firstIndex(of: "at"),
          let host = names.firstIndex(of: words[place + 1])
        {
          end(host)
        }
        var sent = ""
        for (word, other) in zip(words, words.dropFirst()) {
          if word == "hold", let count = Int(other) { sent += send(count, isHeld: true) }
          if other == "quick", let count = Int(word) { sent += send(count, isHeld: false) }
        }
        #expect(sent == entry["to"]?.string, "\(members.map(\.value)): \(step)")
      }
    }
  }
}
