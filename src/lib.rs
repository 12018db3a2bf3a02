//! panotti
