//! The one form of an event's row that tags are made of: every column with its type and its length, so that no two rows have the same
//! form, and nothing can be moved from one column to the next. What is stored is taken as it is stored, before anything is read out of it:
//! a change that reading would pass over is a change.

use panotti_protocol::id::StoreId;

use super::limits::ENVELOPE_BYTES_USUAL;

/// Begins every envelope: another form of it is another version.
const FORM: &[u8] = b"panotti event 1";

/// See the module.
#[derive(Debug, Clone)]
pub struct Envelope(Vec<u8>);

impl Envelope {
    /// One of a store. The store's id is part of it: a row of another store does not fit.
    pub fn begin(store: StoreId) -> Self {
        let mut bytes = Vec::with_capacity(ENVELOPE_BYTES_USUAL);
        bytes.extend_from_slice(FORM);
        bytes.extend_from_slice(store.as_bytes());
        Self(bytes)
    }

    /// Adds a column that holds nothing.
    pub fn nothing(&mut self) {
        self.0.push(0);
    }

    /// Adds a column that holds a whole number.
    pub fn number(&mut self, number: i64) {
        self.0.push(1);
        self.0.extend_from_slice(&number.to_be_bytes());
    }

    /// Adds a column that holds a text. It need not be one.
    pub fn text(&mut self, text: &[u8]) {
        self.part(2, text);
    }

    /// Adds a column that holds bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.part(3, bytes);
    }

    /// Adds a column that holds what no column of ours does.
    pub fn foreign(&mut self, bytes: &[u8]) {
        self.part(4, bytes);
    }

    fn part(&mut self, kind: u8, bytes: &[u8]) {
        self.0.push(kind);
        self.0.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    /// All of it.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_from_one_column_to_the_next_is_another_envelope() {
        let form = |columns: &[&str]| {
            let mut envelope = Envelope::begin(StoreId::from_bytes([1; 16]));
            columns.iter().for_each(|column| envelope.text(column.as_bytes()));
            envelope.0
        };

        assert_ne!(form(&["ab", "c"]), form(&["a", "bc"]));
        assert_ne!(form(&["ab", ""]), form(&["ab"]));
        assert_eq!(form(&["ab", "c"]), form(&["ab", "c"]));
    }
}
