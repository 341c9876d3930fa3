/*
 * Writes messages.ndjson: every request and response the tap reads, in every version, and record
 * batches of every codec, as Kafka's own classes encode them. Run with the jars of the local stack:
 *   java -cp "<cache>/kafka-4.3.1-1/*" Messages.java > messages.ndjson
 */
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.*;
import org.apache.kafka.common.protocol.*;
import org.apache.kafka.common.record.internal.*;

public class Messages {
  static final Uuid TOPIC_ID = new Uuid(0x1122334455667788L, 0x99aabbccddeeff00L);

  static MemoryRecords records() {
    return records(Compression.NONE);
  }

  static MemoryRecords records(Compression compression) {
    Header[] headers = {new RecordHeader("event-id", "evt-1".getBytes())};
    SimpleRecord one = new SimpleRecord(5L, "pay-1".getBytes(), "{}".getBytes(), headers);
    SimpleRecord two = new SimpleRecord(6L, (byte[]) null, (byte[]) null, new Header[0]);
    return MemoryRecords.withRecords(40L, compression, one, two);
  }

  static void request(ApiKeys api, int version, ApiMessage body) {
    short v = (short) version;
    RequestHeaderData head = new RequestHeaderData().setRequestApiKey(api.id).setRequestApiVersion(v)
        .setCorrelationId(7).setClientId("client");
    emit("request", api, v, MessageUtil.toByteBufferAccessor(head, api.requestHeaderVersion(v)).buffer(), body);
  }

  static void response(ApiKeys api, int version, ApiMessage body) {
    short v = (short) version;
    ResponseHeaderData head = new ResponseHeaderData().setCorrelationId(7);
    emit("response", api, v, MessageUtil.toByteBufferAccessor(head, api.responseHeaderVersion(v)).buffer(), body);
  }

  static void emit(String kind, ApiKeys api, short v, ByteBuffer head, ApiMessage body) {
    ByteBuffer rest = MessageUtil.toByteBufferAccessor(body, v).buffer();
    ByteBuffer frame = ByteBuffer.allocate(4 + head.remaining() + rest.remaining());
    frame.putInt(head.remaining() + rest.remaining()).put(head).put(rest);
    System.out.printf("{\"kind\":\"%s\",\"api\":%d,\"version\":%d,\"hex\":\"%s\"}%n", kind, api.id, v,
        HexFormat.of().formatHex(frame.array()));
  }

  /** Record batches alone: how they are packed, and their bytes. */
  static void batches(String packing, MemoryRecords records) {
    byte[] bytes = new byte[records.sizeInBytes()];
    records.buffer().duplicate().get(bytes);
    System.out.printf("{\"kind\":\"batches\",\"packing\":\"%s\",\"hex\":\"%s\"}%n", packing,
        HexFormat.of().formatHex(bytes));
  }

  /** As records(), but large enough that every codec has something to repeat, and blocks to cut. */
  static MemoryRecords large(Compression compression) {
    SimpleRecord[] all = new SimpleRecord[400];
    for (int i = 0; i < all.length; i++) {
      Header[] headers = {new RecordHeader("event-id", ("evt-" + i).getBytes())};
      all[i] = new SimpleRecord(5L, ("pay-" + i).getBytes(), ("{\"n\":" + i * 7919L % 1000 + ",\"text\":\"" + "abc".repeat(i % 90) + "\"}").getBytes(), headers);
    }
    return MemoryRecords.withRecords(40L, compression, all);
  }

  interface Make { void at(int version); }

  static void each(ApiKeys api, Make make) {
    for (int v = api.oldestVersion(); v <= api.latestVersion(true); v++) make.at(v);
  }

  public static void main(String[] args) {
    each(ApiKeys.PRODUCE, v -> {
      var topic = new ProduceRequestData.TopicProduceData().setPartitionData(List.of(
          new ProduceRequestData.PartitionProduceData().setIndex(2).setRecords(records())));
      if (v >= 13) topic.setTopicId(TOPIC_ID); else topic.setName("topic");
      var topics = new ProduceRequestData.TopicProduceDataCollection();
      topics.add(topic);
      request(ApiKeys.PRODUCE, v, new ProduceRequestData().setTransactionalId("txn").setAcks((short) -1)
          .setTimeoutMs(9).setTopicData(topics));
      var answer = new ProduceResponseData.TopicProduceResponse().setPartitionResponses(List.of(
          new ProduceResponseData.PartitionProduceResponse().setIndex(2).setErrorCode((short) 6).setBaseOffset(40)));
      if (v >= 13) answer.setTopicId(TOPIC_ID); else answer.setName("topic");
      var answers = new ProduceResponseData.TopicProduceResponseCollection();
      answers.add(answer);
      response(ApiKeys.PRODUCE, v, new ProduceResponseData().setResponses(answers));
    });
    each(ApiKeys.FETCH, v -> {
      var topic = new FetchRequestData.FetchTopic().setPartitions(List.of(
          new FetchRequestData.FetchPartition().setPartition(2).setFetchOffset(41).setPartitionMaxBytes(1)));
      if (v >= 13) topic.setTopicId(TOPIC_ID); else topic.setTopic("topic");
      request(ApiKeys.FETCH, v, new FetchRequestData().setMaxWaitMs(1).setMinBytes(1).setTopics(List.of(topic)));
      var part = new FetchResponseData.PartitionData().setPartitionIndex(2).setHighWatermark(42)
          .setLastStableOffset(42).setRecords(records()).setAbortedTransactions(List.of(
              new FetchResponseData.AbortedTransaction().setProducerId(3).setFirstOffset(1)));
      var answer = new FetchResponseData.FetchableTopicResponse().setPartitions(List.of(part));
      if (v >= 13) answer.setTopicId(TOPIC_ID); else answer.setTopic("topic");
      response(ApiKeys.FETCH, v, new FetchResponseData().setResponses(List.of(answer)));
    });
    each(ApiKeys.METADATA, v -> {
      var topic = new MetadataResponseData.MetadataResponseTopic().setName("topic").setPartitions(List.of(
          new MetadataResponseData.MetadataResponsePartition().setPartitionIndex(2).setLeaderId(1)
              .setReplicaNodes(List.of(1)).setIsrNodes(List.of(1))));
      if (v >= 10) topic.setTopicId(TOPIC_ID);
      var topics = new MetadataResponseData.MetadataResponseTopicCollection();
      topics.add(topic);
      var brokers = new MetadataResponseData.MetadataResponseBrokerCollection();
      brokers.add(new MetadataResponseData.MetadataResponseBroker().setNodeId(1).setHost("h").setPort(1));
      request(ApiKeys.METADATA, v, new MetadataRequestData().setTopics(List.of()));
      response(ApiKeys.METADATA, v, new MetadataResponseData().setBrokers(brokers).setTopics(topics).setClusterId(v >= 2 ? "c" : null));
    });
    each(ApiKeys.OFFSET_COMMIT, v -> {
      var topic = new OffsetCommitRequestData.OffsetCommitRequestTopic().setPartitions(List.of(
          new OffsetCommitRequestData.OffsetCommitRequestPartition().setPartitionIndex(2).setCommittedOffset(42).setCommittedMetadata("m")));
      if (v >= 10) topic.setTopicId(TOPIC_ID); else topic.setName("topic");
      request(ApiKeys.OFFSET_COMMIT, v, new OffsetCommitRequestData().setGroupId("group").setMemberId("member")
          .setGenerationIdOrMemberEpoch(3).setTopics(List.of(topic)));
      var answer = new OffsetCommitResponseData.OffsetCommitResponseTopic().setPartitions(List.of(
          new OffsetCommitResponseData.OffsetCommitResponsePartition().setPartitionIndex(2).setErrorCode((short) 25)));
      if (v >= 10) answer.setTopicId(TOPIC_ID); else answer.setName("topic");
      response(ApiKeys.OFFSET_COMMIT, v, new OffsetCommitResponseData().setTopics(List.of(answer)));
    });
    each(ApiKeys.TXN_OFFSET_COMMIT, v -> {
      var data = new TxnOffsetCommitRequestData().setTransactionalId("txn").setGroupId("group").setTopics(List.of(
          new TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic().setName("topic").setPartitions(List.of(
              new TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition().setPartitionIndex(2).setCommittedOffset(42)))));
      if (v >= 3) data.setMemberId("member").setGenerationId(3);
      request(ApiKeys.TXN_OFFSET_COMMIT, v, data);
    });
    each(ApiKeys.TXN_OFFSET_COMMIT, v -> response(ApiKeys.TXN_OFFSET_COMMIT, v, new TxnOffsetCommitResponseData()
        .setTopics(List.of(new TxnOffsetCommitResponseData.TxnOffsetCommitResponseTopic().setName("topic").setPartitions(List.of(
            new TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition().setPartitionIndex(2).setErrorCode((short) 22)))))));
    each(ApiKeys.INIT_PRODUCER_ID, v -> {
      var data = new InitProducerIdRequestData().setTransactionalId("txn").setTransactionTimeoutMs(9);
      if (v >= 6) data.setKeepPreparedTxn(true);
      request(ApiKeys.INIT_PRODUCER_ID, v, data);
      response(ApiKeys.INIT_PRODUCER_ID, v, new InitProducerIdResponseData().setProducerId(3).setProducerEpoch((short) 1));
    });
    each(ApiKeys.ADD_OFFSETS_TO_TXN, v -> request(ApiKeys.ADD_OFFSETS_TO_TXN, v, new AddOffsetsToTxnRequestData()
        .setTransactionalId("txn").setProducerId(3).setProducerEpoch((short) 1).setGroupId("group")));
    each(ApiKeys.END_TXN, v -> {
      request(ApiKeys.END_TXN, v, new EndTxnRequestData().setTransactionalId("txn").setCommitted(true));
      response(ApiKeys.END_TXN, v, new EndTxnResponseData().setErrorCode((short) 47));
    });
    each(ApiKeys.JOIN_GROUP, v -> response(ApiKeys.JOIN_GROUP, v, new JoinGroupResponseData().setGenerationId(3)
        .setProtocolType(v >= 7 ? "consumer" : null).setProtocolName("range").setLeader("leader").setMemberId("member")));
    each(ApiKeys.SYNC_GROUP, v -> {
      request(ApiKeys.SYNC_GROUP, v, new SyncGroupRequestData().setGroupId("group").setMemberId("member").setGenerationId(3));
      // ConsumerProtocolAssignment v0: version, topics [name, partitions], user data.
      ByteBuffer assignment = ByteBuffer.allocate(2 + 4 + 2 + 5 + 4 + 4 + 4);
      assignment.putShort((short) 0).putInt(1).putShort((short) 5).put("topic".getBytes()).putInt(1).putInt(2).putInt(-1);
      response(ApiKeys.SYNC_GROUP, v, new SyncGroupResponseData().setAssignment(assignment.array()));
    });
    each(ApiKeys.HEARTBEAT, v -> request(ApiKeys.HEARTBEAT, v,
        new HeartbeatRequestData().setGroupId("group").setMemberId("member").setGenerationId(3)));
    each(ApiKeys.LEAVE_GROUP, v -> {
      var data = new LeaveGroupRequestData().setGroupId("group");
      if (v < 3) data.setMemberId("member");
      else data.setMembers(List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId("member")));
      request(ApiKeys.LEAVE_GROUP, v, data);
    });
    each(ApiKeys.CONSUMER_GROUP_HEARTBEAT, v -> {
      request(ApiKeys.CONSUMER_GROUP_HEARTBEAT, v, new ConsumerGroupHeartbeatRequestData().setGroupId("group")
          .setMemberId("member").setMemberEpoch(3));
      var assigned = new ConsumerGroupHeartbeatResponseData.Assignment().setTopicPartitions(List.of(
          new ConsumerGroupHeartbeatResponseData.TopicPartitions().setTopicId(TOPIC_ID).setPartitions(List.of(2))));
      response(ApiKeys.CONSUMER_GROUP_HEARTBEAT, v, new ConsumerGroupHeartbeatResponseData().setMemberId("member")
          .setMemberEpoch(4).setAssignment(assigned));
    });
    for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
      var compression = Compression.of(codec).build();
      batches(codec, records(compression));
      if (codec.equals("snappy") || codec.equals("lz4")) batches("large " + codec, large(compression));
    }
  }
}
