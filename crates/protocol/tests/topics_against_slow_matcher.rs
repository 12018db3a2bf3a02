//! Topic patterns against an independent slow matcher, which tries every way to lay the pattern's words over the topic's. It shares no
//! code with the crate. `FILTER_CASES=100000` for more cases.

use panotti_protocol::topic::{Topic, TopicPattern};

const CASES: usize = 10_000;
const WORDS: [&str; 5] = ["a", "b", "ab", "a-b", "_"];

/// Numbers that look random and are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % below
    }

    fn words(&mut self) -> Vec<String> {
        (0..1 + self.roll(5)).map(|_| WORDS[self.roll(WORDS.len())].to_owned()).collect()
    }

    /// Near the topic, so that about half of the patterns match it.
    fn pattern(&mut self, topic: &[String]) -> Vec<String> {
        let mut pattern: Vec<String> = topic.to_vec();
        for word in &mut pattern {
            match self.roll(6) {
                0 | 1 => *word = "*".to_owned(),
                2 => *word = WORDS[self.roll(WORDS.len())].to_owned(),
                _ => {}
            }
        }
        pattern.truncate(1 + self.roll(pattern.len() + 1));
        match self.roll(4) {
            0 => pattern.push(">".to_owned()),
            1 => pattern.push("**".to_owned()),
            2 => pattern.push(WORDS[self.roll(WORDS.len())].to_owned()),
            _ => {}
        }
        pattern
    }
}

/// Whether the words fit: the rest sign takes one word and stays, or takes the last one.
fn fits(pattern: &[String], topic: &[String]) -> bool {
    let (Some(wanted), Some(word)) = (pattern.first(), topic.first()) else { return pattern.is_empty() && topic.is_empty() };
    match wanted.as_str() {
        ">" | "**" => fits(pattern, &topic[1..]) || fits(&pattern[1..], &topic[1..]),
        "*" => fits(&pattern[1..], &topic[1..]),
        wanted => wanted == word && fits(&pattern[1..], &topic[1..]),
    }
}

#[test]
fn section_3_patterns_agree_with_a_matcher_that_shares_no_code_with_them() {
    let cases = std::env::var("FILTER_CASES").ok().and_then(|number| number.parse().ok()).unwrap_or(CASES);
    let mut dice = Dice(0x5eed_0003);
    let mut matched = 0;
    for _ in 0..cases {
        let topic = dice.words();
        let pattern = dice.pattern(&topic);
        let read: TopicPattern = pattern.join(".").parse().unwrap();
        let found = read.matches(&topic.join(".").parse::<Topic>().unwrap());
        assert_eq!(found, fits(&pattern, &topic), "{} over {}", pattern.join("."), topic.join("."));
        matched += usize::from(found);
    }
    assert!(matched > cases / 10 && matched < cases * 9 / 10, "{matched} of {cases} matched");
}
