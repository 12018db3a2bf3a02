//! Frames read back, and what is no frame is told apart.

use super::*;

#[test]
fn a_frame_reads_back_as_it_was_written_with_its_raw_payload() {
    let line = br#"{"type":"outcome","delivery_id":"dlv_01j9zk5t3v8q4m000000000000","fencing_token":4294967297,"outcome":"done","emits":[{"topic":"words.counted","data":{"n": 3}}],"state":[{"key":"seen","value":null},{"key":"old"}],"future":1}"#;

    let FromPlugin::Outcome(outcome) = FromPlugin::read(line).unwrap() else { panic!("an outcome") };

    assert_eq!(outcome.emits[0].data.as_ref().unwrap().get(), r#"{"n": 3}"#);
    assert_eq!(outcome.state[0].value, Some(Value::Null), "null is a value");
    assert_eq!(outcome.state[1].value, None, "no value deletes");
    let again = serde_json::to_vec(&FromPlugin::Outcome(outcome)).unwrap();
    assert!(FromPlugin::read(&again).is_ok());
}

#[test]
fn an_unknown_frame_is_told_from_a_malformed_one() {
    assert!(matches!(FromPlugin::read(br#"{"type":"dance"}"#), Err(FrameInvalid::Unknown(kind)) if kind == "dance"));
    assert!(matches!(FromPlugin::read(br#"{"type":"heartbeat"}"#), Err(FrameInvalid::Malformed(_))));
    assert!(matches!(FromPlugin::read(b"hello world"), Err(FrameInvalid::Malformed(_))));
}
