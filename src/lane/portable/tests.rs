use super::*;

const SECRET: &str = "000102030405060708090a0b0c0d0e0f";

fn header(kind: u8, id: u32, document: u32) -> FrameHeader {
  FrameHeader { kind, id, document, frame: 1 }
}

fn frame(sequence: u32, kind: u8, id: u32, payload: &[u8]) -> Vec<u8> {
  let mut bytes = sequence.to_le_bytes().to_vec();
  bytes.extend([kind, 0, 0, 0]);
  bytes.extend(id.to_le_bytes());
  bytes.extend((payload.len() as u32).to_le_bytes());
  bytes.extend(payload);
  bytes
}

/// A view with one loaded document: the lane, the connection and the document's token.
fn loaded() -> (Portable, u32, Token) {
  let lane = Portable::default();
  let secret = Token::from_hex(SECRET).expect("hexadecimal");
  let connection = lane.open(secret, "hook", Reach::MainFrames);
  lane.accept(connection, 7);
  let token = load(&lane, connection);
  (lane, connection, token)
}

fn load(lane: &Portable, connection: u32) -> Token {
  let secret = Token::from_hex(SECRET).expect("hexadecimal");
  assert!(lane.may_ask(connection, &secret));
  let asked = lane.load(connection, &secret, b"\0\0\0\0where").expect("loaded");
  let frames = lane.take_frames(|_| ());
  let last = frames.last().expect("told");
  assert_eq!((last.web_contents, last.header.kind, last.payload.as_slice()), (7, KIND_LOAD, b"where\0\0\0\0\0\0\0\0".as_slice()));
  assert!(lane.send(connection, header(KIND_LOADED, 1, asked.document), b"config", |_| ()));
  match lane.drain(connection).pop() {
    Some(Out::Answer { asked: answered, bytes }) => {
      assert_eq!(answered, asked);
      let (token, config) = Token::split(&bytes).expect("long enough");
      assert_eq!(config, b"config");
      assert!(lane.may_ask(connection, &token));
      token
    }
    other => panic!("{other:?}"),
  }
}

fn post(lane: &Portable, connection: u32, token: &Token, frames: &[Vec<u8>]) -> Result<Posted, Refusal> {
  lane.post(connection, token, &frames.concat())
}

fn ids(lane: &Portable) -> Vec<u32> {
  lane.take_frames(|_| ()).iter().map(|frame| frame.header.id).collect()
}

#[test]
fn frames_come_in_the_order_of_their_numbers_whatever_way_they_took() {
  let (lane, connection, token) = loaded();
  post(&lane, connection, &token, &[frame(3, 7, 3, b"c")]).expect("taken");
  post(&lane, connection, &token, &[frame(2, 7, 2, b"b")]).expect("taken");
  assert!(ids(&lane).is_empty());
  post(&lane, connection, &token, &[frame(1, 7, 1, b"a"), frame(4, 7, 4, b"d")]).expect("taken");
  assert_eq!(ids(&lane), [1, 2, 3, 4]);
}

#[test]
fn s9_a_number_counts_once() {
  let (lane, connection, token) = loaded();
  let first = frame(1, 7, 1, b"");
  post(&lane, connection, &token, std::slice::from_ref(&first)).expect("taken");
  let third = frame(3, 7, 3, b"");
  post(&lane, connection, &token, &[third.clone(), third]).expect("taken");
  post(&lane, connection, &token, &[first, frame(2, 7, 2, b"")]).expect("taken");
  assert_eq!(ids(&lane), [1, 2, 3]);
  // A synchronous request that is repeated asks nothing.
  let sync = frame(4, KIND_SYNC, 9, b"");
  assert_eq!(post(&lane, connection, &token, std::slice::from_ref(&sync)), Ok(Posted::Asks(Asked { document: 1, id: 9 })));
  assert_eq!(post(&lane, connection, &token, &[sync]), Ok(Posted::Taken));
}

#[test]
fn s9_strangers_are_refused() {
  let (lane, connection, token) = loaded();
  let mut wrong = token;
  wrong.0[15] ^= 1;
  assert!(!lane.may_ask(connection, &wrong));
  assert_eq!(post(&lane, connection, &wrong, &[frame(1, 7, 1, b"")]), Err(Refusal::Stranger));
  assert_eq!(lane.load(connection, &wrong, &[0; 4]), Err(Refusal::Stranger));
  assert_eq!(lane.fetch(connection, &wrong, &[1, 0, 0, 0]), Err(Refusal::Stranger));
  // A token of another view.
  let other = lane.open(Token::from_hex(SECRET).expect("hexadecimal"), "hook", Reach::MainFrames);
  assert_eq!(post(&lane, other, &token, &[frame(1, 7, 1, b"")]), Err(Refusal::Stranger));
  assert!(ids(&lane).is_empty());
  let message = [wrong.0.as_slice(), &frame(1, 7, 1, b"")].concat();
  assert_eq!(lane.post_message(None, &message), Err(Refusal::Stranger));
  // The next document ends the one before.
  load(&lane, connection);
  assert_eq!(post(&lane, connection, &token, &[frame(1, 7, 1, b"")]), Err(Refusal::Stranger));
}

#[test]
fn s19_malformed_bodies_are_refused() {
  let (lane, connection, token) = loaded();
  let long = [frame(1, 7, 1, b"")[..12].to_vec(), u32::MAX.to_le_bytes().to_vec()].concat();
  let reserved = [&frame(1, 7, 1, b"")[..5], &[1], &frame(1, 7, 1, b"")[6..]].concat();
  let place = frame(1, KIND_GONE, 2, b"\x01\0");
  for body in [
    long,
    reserved,
    place,
    frame(1, KIND_LOAD, 1, b""),
    frame(1, KIND_FRAME_THERE, 1, b""),
    frame(1, 33, 1, b""),
    frame(1, 0, 1, b""),
    vec![1; 15],
  ] {
    assert_eq!(post(&lane, connection, &token, &[body]), Err(Refusal::Malformed));
  }
  assert_eq!(lane.post_message(None, b"short"), Err(Refusal::Malformed));
  assert_eq!(lane.post(1, &token, b""), Err(Refusal::Stranger));
  assert_eq!(bytes_of_text("a\u{101}"), Err(Refusal::Malformed));
  assert_eq!(bytes_of_text("\0"), Err(Refusal::Malformed));
}

#[test]
fn r23_what_waits_for_a_number_is_bounded() {
  let (lane, connection, token) = loaded();
  let frames: Vec<_> = (2..2 + document::MAX_EARLY_FRAMES as u32).map(|sequence| frame(sequence, 7, 1, b"")).collect();
  post(&lane, connection, &token, &frames).expect("taken");
  assert_eq!(post(&lane, connection, &token, &[frame(u32::MAX, 7, 1, b"")]), Err(Refusal::TooMuch));
}

#[test]
fn texts_carry_every_byte() {
  let text: String = (0..=255).map(|byte| if byte == 0 { '\u{100}' } else { char::from(byte) }).collect();
  assert_eq!(bytes_of_text(&text), Ok((0..=255).collect::<Vec<u8>>()));
}

#[test]
fn frames_to_a_page_become_scripts_in_order() {
  let (lane, connection, token) = loaded();
  let mut woken = 0;
  for (id, payload) in [(1, b"a'\\\n\xff".to_vec()), (2, vec![5; document::MAX_INLINE + 1]), (3, Vec::new())] {
    assert!(lane.send(connection, header(34, id, 1), &payload, |_| woken += 1));
  }
  assert_eq!(woken, 1, "one drain takes all");
  let hex: String = token.0.iter().map(|byte| format!("{byte:02x}")).collect();
  let out = lane.drain(connection);
  let Some(Out::Script { to, text, bytes }) = out.first() else { panic!("{out:?}") };
  assert_eq!(*text, format!("hook?.('{hex}',[34,1,'a\\x27\\x5c\\x0a\\xff'],[34,2,1],[34,3,''])"));
  assert_eq!(*bytes, 3 * HEADER_LENGTH + 5);
  lane.delivered(connection, *to, *bytes);
  let number = 1_u32.to_le_bytes();
  assert_eq!(lane.fetch(connection, &token, &number), Ok(vec![5; document::MAX_INLINE + 1]));
  assert_eq!(lane.fetch(connection, &token, &number), Err(Refusal::Stranger));
  assert_eq!(lock(&lane.0.state).connections[&connection].outgoing_bytes, 0);
}

#[test]
fn a_view_that_nobody_accepted_waits() {
  let lane = Portable::default();
  let secret = Token::from_hex(SECRET).expect("hexadecimal");
  let connection = lane.open(secret, "hook", Reach::MainFrames);
  lane.load(connection, &secret, &[0; 4]).expect("loaded");
  assert!(lane.take_frames(|_| ()).is_empty());
  lane.accept(connection, 3);
  assert_eq!(lane.take_frames(|_| ())[0].web_contents, 3);
  lane.close(connection);
  assert_eq!(lane.take_frames(|_| ())[0].header.kind, KIND_CLOSED);
  assert!(!lane.send(connection, header(34, 1, 1), b"", |_| ()));
}

#[test]
fn the_end_of_a_process_is_the_end_of_its_documents() {
  let (lane, connection, token) = loaded();
  lane.forget_documents(connection);
  assert_eq!(lane.take_frames(|_| ())[0].header, header(KIND_GONE, 0, 1));
  assert_eq!(post(&lane, connection, &token, &[frame(1, 7, 1, b"")]), Err(Refusal::Stranger));
  load(&lane, connection);
}

#[test]
fn r26_requests_wait_while_js_has_enough_to_do() {
  let (lane, connection, token) = loaded();
  let big = vec![0; INCOMING_HIGH_WATER];
  assert_eq!(post(&lane, connection, &token, &[frame(1, 7, 1, &big)]), Ok(Posted::Wait));
  assert_eq!(post(&lane, connection, &token, &[frame(2, KIND_SYNC, 5, b"")]), Ok(Posted::Asks(Asked { document: 1, id: 5 })));
  assert!(lane.drain(connection).is_empty());
  let mut woken = Vec::new();
  assert_eq!(lane.take_frames(|web_contents| woken.push(web_contents)).len(), 2);
  assert_eq!(woken, [7]);
  assert_eq!(lane.drain(connection), [Out::Go]);
  assert_eq!(post(&lane, connection, &token, &[frame(3, 7, 1, b"")]), Ok(Posted::Taken));
  assert!(lane.drain(connection).is_empty());
}

#[test]
fn a_route_takes_a_documents_frames_past_js() {
  let (lane, connection, token) = loaded();
  let route = lane.open_route(connection, 1);
  post(&lane, connection, &token, &[frame(2, 22, 0, b"news"), frame(3, 7, 3, b"")]).expect("taken");
  assert_eq!(post(&lane, connection, &token, &[frame(1, KIND_NODE_ASK, 5, b"")]), Ok(Posted::Asks(Asked { document: 1, id: 5 })));
  assert_eq!(ids(&lane), [3]);
  assert_eq!([route.wait(), route.wait()].map(|frame| frame.map(|frame| frame.header.kind)), [Some(KIND_NODE_ASK), Some(22)]);
  lane.close_route(connection, 1, |_| ());
  assert_eq!(route.wait(), None);
  post(&lane, connection, &token, &[frame(4, 22, 4, b"")]).expect("taken");
  assert_eq!(ids(&lane), [4]);
}

#[test]
fn r26_requests_wait_for_a_route_that_is_full() {
  let (lane, connection, token) = loaded();
  let route = lane.open_route(connection, 1);
  let big = vec![0; INCOMING_HIGH_WATER];
  assert_eq!(post(&lane, connection, &token, &[frame(1, 22, 0, &big)]), Ok(Posted::Wait));
  assert!(lane.drain(connection).is_empty());
  let mut woken = Vec::new();
  assert!(!route.has_let_go());
  route.wait().expect("a frame");
  assert!(route.has_let_go());
  lane.route_has_room(connection, |web_contents| woken.push(web_contents));
  lane.route_has_room(connection, |web_contents| woken.push(web_contents));
  assert_eq!(woken, [7]);
  assert_eq!(lane.drain(connection), [Out::Go]);
  // A route that ends lets go, too.
  assert_eq!(post(&lane, connection, &token, &[frame(2, 22, 0, &big)]), Ok(Posted::Wait));
  lane.close_route(connection, 1, |web_contents| woken.push(web_contents));
  assert_eq!(woken, [7, 7]);
  assert_eq!(lane.drain(connection), [Out::Go]);
}

#[test]
fn r26_a_page_that_does_not_wait_is_not_heard_any_more() {
  let (lane, connection, token) = loaded();
  let route = lane.open_route(connection, 1);
  let big = vec![0; MAX_PAYLOAD / 2];
  let outcomes = |kind: u8, first: u32| {
    (first..).map(|number| post(&lane, connection, &token, &[frame(number, kind, 0, &big)])).take_while(Result::is_ok).count()
  };
  // However many ways it has for its frames.
  let routed = outcomes(22, 1);
  assert!((2..5).contains(&routed), "{routed}");
  assert_eq!(outcomes(7, 100), 0);
  while route.bytes() > 0 {
    route.wait().expect("a frame");
  }
  let number = u32::try_from(routed).expect("few") + 1;
  let direct = outcomes(7, number);
  assert!((2..5).contains(&direct), "{direct}");
}

/// A place beside no other frames than those before it.
fn place(slots: &[u16]) -> Vec<u8> {
  let count = slots.last().map_or(0, |slot| slot + 1);
  [slots.len() as u16].iter().chain(slots).chain([&count]).copied().flat_map(u16::to_le_bytes).collect()
}

fn there(slots: &[u16], url: &str) -> Vec<u8> {
  [place(slots), (url.len() as u32).to_le_bytes().to_vec(), url.as_bytes().to_vec()].concat()
}

/// A sub-frame's document without preloads, with a token that is made of one byte.
fn join(lane: &Portable, byte: u8, slots: &[u16], url: &str) -> Token {
  let secret = Token::from_hex(SECRET).expect("hexadecimal");
  let token = Token([byte; 16]);
  lane.post_message(None, &[secret.0.as_slice(), &token.0, &there(slots, url)].concat()).expect("taken");
  token
}

fn leave(lane: &Portable, connection: u32, token: &Token, slots: &[u16], stays: bool) {
  post(lane, connection, token, &[frame(1, KIND_GONE, GONE_MAYBE_WITH_FRAME, &place(slots))]).expect("taken");
  if stays {
    post(lane, connection, token, &[frame(2, KIND_GONE, GONE_FRAME_STAYS, &place(slots))]).expect("taken");
  }
}

/// Kind, id, and number of the frame of what has come; what names a document also has its parent's.
fn news(lane: &Portable) -> Vec<(u8, u32, u64, Option<u64>)> {
  let parent = |frame: &LaneFrame| Some(u64::from_le_bytes(*frame.payload.last_chunk()?));
  let of = |frame: &LaneFrame| {
    (frame.header.kind, frame.header.id, frame.header.frame, parent(frame).filter(|_| frame.header.kind == KIND_FRAME_THERE))
  };
  lane.take_frames(|_| ()).iter().map(of).collect()
}

#[test]
fn a_frame_stays_the_same_while_its_documents_change() {
  let (lane, connection, _) = loaded();
  let first = join(&lane, 1, &[0], "a");
  let inner = join(&lane, 2, &[0, 0], "b");
  assert_eq!(news(&lane), [(KIND_FRAME_THERE, 1, 2, Some(MAIN)), (KIND_FRAME_THERE, 1, 3, Some(2))]);
  leave(&lane, connection, &first, &[0], true);
  leave(&lane, connection, &inner, &[0, 0], true);
  join(&lane, 3, &[0], "c");
  let [maybe, stays] = [GONE_MAYBE_WITH_FRAME, GONE_FRAME_STAYS];
  assert_eq!(
    news(&lane),
    [
      (KIND_GONE, maybe, 2, None),
      (KIND_GONE, stays, 2, None),
      (KIND_GONE, maybe, 3, None),
      (KIND_GONE, stays, 3, None),
      (KIND_FRAME_THERE, 1, 2, Some(MAIN)),
    ]
  );
  // What the document before held is gone, so this one is new.
  join(&lane, 4, &[0, 0], "d");
  assert_eq!(news(&lane), [(KIND_FRAME_THERE, 1, 4, Some(2))]);
  assert_eq!(post(&lane, connection, &first, &[frame(3, 7, 1, b"")]), Err(Refusal::Stranger));
}

#[test]
fn a_frame_that_does_not_stay_is_gone_and_the_others_move_up() {
  let (lane, connection, main) = loaded();
  let first = join(&lane, 1, &[0], "a");
  let second = join(&lane, 2, &[1], "a");
  leave(&lane, connection, &first, &[0], false);
  news(&lane);
  // Whatever is heard next.
  post(&lane, connection, &main, &[frame(1, 7, 1, b"")]).expect("taken");
  assert_eq!(news(&lane), [(KIND_GONE, GONE_WITH_FRAME, 2, None), (7, 1, MAIN, None)]);
  assert_eq!(lane.place(connection, 3), Some(vec![0]));
  // A new frame at the end, and another document in the one that moved.
  join(&lane, 3, &[1], "b");
  leave(&lane, connection, &second, &[0], true);
  join(&lane, 4, &[0], "c");
  let frames: Vec<_> = news(&lane).into_iter().filter(|news| news.0 == KIND_FRAME_THERE).map(|news| news.2).collect();
  assert_eq!(frames, [4, 3]);
}

#[test]
fn frames_that_were_never_heard_of_do_not_confuse_the_others() {
  let (lane, connection, _) = loaded();
  let first = join(&lane, 1, &[1], "a");
  join(&lane, 2, &[2], "b");
  // The one in slot 0 is gone.
  join(&lane, 3, &[2], "c");
  leave(&lane, connection, &first, &[0], true);
  join(&lane, 4, &[0], "d");
  join(&lane, 5, &[1, 0], "e");
  let frames: Vec<_> = news(&lane).into_iter().filter(|news| news.0 == KIND_FRAME_THERE).map(|news| (news.2, news.3)).collect();
  assert_eq!(frames, [(2, Some(MAIN)), (3, Some(MAIN)), (4, Some(MAIN)), (2, Some(MAIN)), (5, Some(3))]);
}

#[test]
fn s10_a_worker_is_reached_by_its_own_token_and_only_while_it_lives() {
  let (lane, connection, page) = loaded();
  let other = lane.open(Token([7; 16]), "hook", Reach::MainFrames);
  let (number, token) = lane.open_worker(connection).expect("room");
  assert!(lane.may_ask(connection, &token) && !lane.may_ask(other, &token));
  assert_eq!(lane.wait_for_news(other, &token), Err(Refusal::Stranger));
  assert_eq!(lane.wait_for_news(connection, &page), Err(Refusal::Malformed));
  // What comes before it waits is kept, in order and whole.
  let to = |kind, id| FrameHeader { kind, id, document: number, frame: 0 };
  let big = vec![9; 100_000];
  assert!(lane.send(connection, to(52, 1), b"ab", |_| ()) && lane.send(connection, to(51, 2), &big, |_| ()));
  assert!(lane.drain(connection).is_empty());
  assert_eq!(lane.wait_for_news(connection, &token), Ok(number));
  let frames = [&[52, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, b'a', b'b', 51, 0, 0, 0, 2, 0, 0, 0, 0xa0, 0x86, 1, 0], big.as_slice()].concat();
  assert_eq!(lane.drain(connection), [Out::News { document: number, frames }]);
  assert_eq!(lock(&lane.0.state).connections[&connection].outgoing_bytes, 0);
  // One request, one answer.
  assert!(lane.send(connection, to(52, 3), b"", |_| ()));
  assert!(lane.drain(connection).is_empty());
  let mut woken = Vec::new();
  lane.close_worker(connection, 1, |web_contents| woken.push(web_contents));
  assert!(lane.has_document(connection, 1), "a page is no worker");
  lane.close_worker(connection, number, |web_contents| woken.push(web_contents));
  assert_eq!((woken.as_slice(), lane.has_document(connection, number)), (&[7_u32][..], false));
  assert_eq!(post(&lane, connection, &token, &[frame(1, 22, 0, b"")]), Err(Refusal::Stranger));
}

#[test]
fn a_worker_says_nothing_of_frames_and_goes_with_its_page() {
  let (lane, connection, _) = loaded();
  join(&lane, 1, &[0], "a");
  let (number, token) = lane.open_worker(connection).expect("room");
  news(&lane);
  leave(&lane, connection, &Token([1; 16]), &[0], false);
  post(&lane, connection, &token, &[frame(1, 22, 0, b""), frame(2, KIND_GONE, GONE_MAYBE_WITH_FRAME, &place(&[0]))]).expect("taken");
  // What a frame is about to tell is not settled by it.
  let told: Vec<_> = lane.take_frames(|_| ()).iter().map(|frame| (frame.header.kind, frame.header.document, frame.header.frame)).collect();
  assert_eq!(told, [(KIND_GONE, 2, 2), (22, number, 0)]);
  load(&lane, connection);
  assert!(!lane.has_document(connection, number));
}

#[test]
fn last_words_of_a_document_are_heard_whatever_is_missing() {
  let (lane, connection, _) = loaded();
  let token = join(&lane, 1, &[0], "a");
  news(&lane);
  post(&lane, connection, &token, &[frame(2, 7, 2, b""), frame(4, 7, 4, b"")]).expect("taken");
  post(&lane, connection, &token, &[frame(6, KIND_GONE, GONE_MAYBE_WITH_FRAME, &place(&[0]))]).expect("taken");
  post(&lane, connection, &token, &[frame(7, KIND_GONE, GONE_FRAME_STAYS, &place(&[0]))]).expect("taken");
  post(&lane, connection, &token, &[frame(8, 7, 8, b""), frame(5, 7, 5, b"")]).expect("taken");
  assert_eq!(news(&lane).iter().map(|news| (news.0, news.1)).collect::<Vec<_>>(), [(7, 2), (7, 4), (KIND_GONE, 2), (KIND_GONE, 3), (7, 8)]);
}

#[test]
fn a_document_can_take_the_place_of_another_without_a_word() {
  let (lane, connection, _) = loaded();
  let first = join(&lane, 1, &[0], "about:blank");
  join(&lane, 2, &[0], "address of who wrote it");
  assert_eq!(news(&lane).iter().map(|news| news.2).collect::<Vec<_>>(), [2, 2]);
  assert_eq!(post(&lane, connection, &first, &[frame(1, 7, 1, b"")]), Err(Refusal::Stranger));
}

#[test]
fn sub_frames_get_what_waits_when_they_ask() {
  let (lane, connection, _) = loaded();
  let token = join(&lane, 9, &[0], "a");
  for id in [1, 2] {
    assert!(lane.send(connection, header(34, id, 2), b"x", |_| ()));
  }
  assert!(lane.drain(connection).is_empty());
  assert_eq!(lane.wait(&token), Ok(Waiting::Document { connection, document: 2, first: true }));
  let Some(Out::Script { to, text, bytes }) = lane.drain(connection).pop() else { panic!("no script") };
  assert_eq!(text, format!("hook?.('{}',[34,1,'x'],[34,2,'x'])", "09".repeat(16)));
  assert_eq!(to, Recipient::SubFrame(2));
  lane.delivered(connection, to, bytes);
  assert_eq!(lock(&lane.0.state).connections[&connection].outgoing_bytes, 0);
  // One question, one answer.
  assert!(lane.send(connection, header(34, 3, 2), b"x", |_| ()));
  assert!(lane.drain(connection).is_empty());
  assert_eq!(lane.wait(&token), Ok(Waiting::Document { connection, document: 2, first: false }));
  assert_eq!(lane.drain(connection).len(), 1);
  assert_eq!(lane.wait(&Token([8; 16])), Err(Refusal::Stranger));
}

#[test]
fn sub_frames_are_reached_from_their_first_message_on_where_the_engine_can() {
  let lane = Portable::default();
  let secret = Token::from_hex(SECRET).expect("hexadecimal");
  let connection = lane.open(secret, "hook", Reach::AllFrames);
  lane.accept(connection, 7);
  lane.load(connection, &secret, &place(&[])).expect("loaded");
  let asked = lane.load(connection, &secret, &there(&[0], "a")).expect("loaded");
  assert!(lane.send(connection, header(KIND_LOADED, 1, asked.document), b"", |_| ()));
  assert!(lane.send(connection, header(34, 1, asked.document), b"x", |_| ()));
  let Some(Out::Answer { bytes, .. }) = lane.drain(connection).pop() else { panic!("no answer") };
  assert_eq!(lane.reached(connection, &bytes), Some(asked.document));
  assert_eq!(lane.reached(connection, &bytes), None);
  assert_eq!(lane.drain(connection).len(), 1);
  assert!(lane.send(connection, header(34, 2, asked.document), b"x", |_| ()));
  assert_eq!(lane.drain(connection).len(), 1);
}

#[test]
fn what_a_frame_leaves_unread_goes_with_it() {
  let (lane, connection, _) = loaded();
  let token = join(&lane, 9, &[0], "a");
  assert!(lane.send(connection, header(34, 1, 2), &[0; 100], |_| ()));
  assert_eq!(lock(&lane.0.state).connections[&connection].outgoing_bytes, 100 + HEADER_LENGTH);
  leave(&lane, connection, &token, &[0], true);
  join(&lane, 10, &[0], "b");
  assert_eq!(lock(&lane.0.state).connections[&connection].outgoing_bytes, 0);
}

#[test]
fn documents_of_views_with_one_secret_say_by_request_whose_they_are() {
  let (lane, connection, _) = loaded();
  let secret = Token::from_hex(SECRET).expect("hexadecimal");
  let other = lane.open(secret, "hook", Reach::MainFrames);
  lane.accept(other, 8);
  let token = join(&lane, 9, &[0], "a");
  lane.post_message(None, &[token.0.as_slice(), &frame(1, 7, 5, b"x")].concat()).expect("kept");
  assert!(lane.take_frames(|_| ()).is_empty());
  assert_eq!(lane.wait(&token), Ok(Waiting::Stranger(WHO)));
  assert_eq!(lane.meet(other, &token, &token.0), Err(Refusal::Stranger));
  assert_eq!(lane.meet(other, &secret, &token.0), Ok(()));
  let frames = lane.take_frames(|_| ());
  assert_eq!(frames.iter().map(|frame| (frame.web_contents, frame.header.kind)).collect::<Vec<_>>(), [(8, KIND_FRAME_THERE), (8, 7)]);
  assert_eq!(lane.meet(connection, &secret, &token.0), Err(Refusal::Stranger));
  // What the engine says needs no question.
  let known = Token([7; 16]);
  lane.post_message(Some(connection), &[secret.0.as_slice(), &known.0, &there(&[0], "a")].concat()).expect("taken");
  assert_eq!(lane.take_frames(|_| ())[0].web_contents, 7);
}

#[test]
fn r23_documents_without_a_view_are_bounded() {
  let (lane, _, _) = loaded();
  let secret = Token::from_hex(SECRET).expect("hexadecimal");
  let other = lane.open(secret, "hook", Reach::MainFrames);
  for byte in 0..=255 {
    join(&lane, byte, &[0], "a");
  }
  assert_eq!(lock(&lane.0.state).strangers.len(), MAX_STRANGERS);
  let last = Token([255; 16]);
  let much = [last.0.as_slice(), &vec![0; MAX_STRANGER_BYTES]].concat();
  assert_eq!(lane.post_message(None, &much), Err(Refusal::TooMuch));
  lane.close(other);
  assert_eq!(lock(&lane.0.state).strangers.len(), MAX_STRANGERS);
}

#[test]
fn s9_a_document_cannot_take_the_token_of_another() {
  let (lane, _, token) = loaded();
  let secret = Token::from_hex(SECRET).expect("hexadecimal");
  for taken in [token, secret] {
    let message = [secret.0.as_slice(), &taken.0, &there(&[0], "a")].concat();
    assert_eq!(lane.post_message(None, &message), Err(Refusal::Malformed));
  }
}
