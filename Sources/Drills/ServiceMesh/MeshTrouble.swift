/// What can go wrong for the clients of the mesh, as the trace tells it.
enum MeshTrouble: Int, Sendable, CaseIterable {
  case handshake, plaintext, denied, noRoute, noHost, overflow, timedOut, failed, refused, full
  case storm, ejected, panic, cross, canary, collapse
}
