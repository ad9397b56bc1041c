import Kernel

extension KafkaBroker {
  /// The end of a transaction goes into the log, once.
  ///
  /// It carries the next epoch, so that nothing of the ended transaction is taken after it
  /// (KIP-890).
  mutating func write(
    _ marker: KafkaBatch.Marker, _ partition: Int, _ producer: Int, _ epoch: Int,
    from coordinator: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    guard let leadership = replicas[partition].leadership, leadership.leader == id else { return }
    let known = replicas[partition].producers[producer]
    if let known, known.epoch >= epoch {
      // It is there already; what is newer has come after it.
      let end = replicas[partition].log.batches.last {
        $0.producer?.id == producer && $0.marker != nil
      }?.lastOffset
      wait(partition, end.map { $0 + 1 } ?? 0, producer, epoch, coordinator)
    } else {
      let stamp = KafkaProducerStamp(id: producer, epoch: epoch, sequence: 0)
      let batch = KafkaBatch(marker, producer: stamp, timestamp: now)
      let placed = replicas[partition].log.append(batch, epoch: leadership.epoch)
      replicas[partition].producers.take(placed)
      save(.append(partition: partition, placed), &outputs)
      wait(partition, placed.lastOffset + 1, producer, epoch, coordinator)
      answerWaitingFetches(partition, at: now, &outputs)
    }
    settle(partition, &outputs)
  }

  private mutating func wait(
    _ partition: Int, _ end: Int, _ producer: Int, _ epoch: Int, _ coordinator: NodeID
  ) {
    let waiting = KafkaReplica.WaitingMarker(
      endOffset: end, producer: producer, epoch: epoch, coordinator: coordinator)
    guard !replicas[partition].waitingMarkers.contains(waiting) else { return }
    replicas[partition].waitingMarkers.append(waiting)
  }

  /// Answers for the markers that are committed.
  mutating func settleMarkers(_ partition: Int, _ outputs: inout [Output]) {
    let reached = replicas[partition].highWatermark
    guard replicas[partition].waitingMarkers.contains(where: { $0.endOffset <= reached }) else {
      return
    }
    for waiting in replicas[partition].waitingMarkers where waiting.endOffset <= reached {
      outputs.append(
        .send(
          .markerWritten(
            partition: partition, producer: waiting.producer, epoch: waiting.epoch),
          to: waiting.coordinator))
    }
    replicas[partition].waitingMarkers.removeAll { $0.endOffset <= reached }
  }
}
