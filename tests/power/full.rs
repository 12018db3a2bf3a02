//! The disk fills and empties.
