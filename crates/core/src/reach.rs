//! How far memory knows something that the store keeps in order: everything up to a place, or all of it. Pages move it forward; what
//! memory has no room for moves it back, also while a page is on its way.

/// See the module. `P` is a place in the store's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach<P> {
    /// `None`: all of it.
    to: Option<P>,
    /// The place after which a page was asked for.
    asked: Option<P>,
}

impl<P: Copy + Ord> Reach<P> {
    /// Nothing in the store is unknown.
    pub(crate) const fn everything() -> Self {
        Self { to: None, asked: None }
    }

    /// Only what is up to this place is known.
    pub(crate) const fn up_to(place: P) -> Self {
        Self { to: Some(place), asked: None }
    }

    /// The place, where not everything is known.
    pub(crate) const fn place(&self) -> Option<P> {
        self.to
    }

    pub(crate) const fn is_everything(&self) -> bool {
        self.to.is_none()
    }

    /// What is after this place is not known (any more).
    pub(crate) fn go_back(&mut self, place: P) {
        self.to = Some(self.to.map_or(place, |to| to.min(place)));
    }

    /// After which place a page is wanted. One at a time.
    pub(crate) fn ask(&mut self) -> Option<P> {
        let after = self.to.filter(|_| self.asked.is_none())?;
        self.asked = Some(after);
        Some(after)
    }

    /// The page has come: what is up to `to` is known now, everything where it is `None`. Not where memory went back further meanwhile:
    /// between that place and the page's beginning something is missing.
    pub(crate) fn answered(&mut self, to: Option<P>) {
        let asked = self.asked.take();
        if asked.is_some() && self.to == asked {
            self.to = to.max(asked).filter(|_| to.is_some());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_moves_it_forward_and_to_the_end() {
        let mut reach = Reach::up_to(3);
        assert_eq!((reach.ask(), reach.ask()), (Some(3), None), "one page at a time");
        reach.answered(Some(9));
        assert_eq!(reach.place(), Some(9));

        reach.ask();
        reach.answered(None);
        assert!(reach.is_everything());
    }

    #[test]
    fn what_was_given_up_while_a_page_was_on_its_way_is_not_forgotten() {
        let mut reach = Reach::up_to(30);
        reach.ask();
        reach.go_back(20);
        reach.answered(Some(90));

        assert_eq!(reach.place(), Some(20));
        assert_eq!(reach.ask(), Some(20));
    }
}
