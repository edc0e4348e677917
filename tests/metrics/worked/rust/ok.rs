pub struct Pool {
    socket: Option<Socket>,
    sent: usize,
    last: String,
    width: u32,
}

impl Pool {
    fn note(&mut self, text: &str) {
        self.sent += 1;
        self.last = text.into();
    }

    fn ping(&mut self) -> Option<()> {
        self.note("ping");
        self.socket.as_mut()?.write("ping");
        Some(())
    }

    fn send(&mut self, text: &str) {
        self.note(text);
        if let Some(socket) = self.socket.as_mut() {
            socket.write(text);
        }
    }

    fn close(&mut self) {
        match &self.socket {
            Some(socket) => socket.close(),
            None => {}
        }
    }

    fn left(&self) -> usize {
        self.width as usize - 1
    }

    fn right(&self) -> usize {
        self.width as usize + 1
    }

    fn middle(&self) -> usize {
        (self.width as usize) / 2
    }

    fn widen(&mut self) {
        self.width += 1;
    }

    fn kind(&self, node: &Node) -> &str {
        match node {
            Node::Text(text) => text,
            Node::Group { name, .. } => name,
            Node::Empty => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pings() {
        let pool = Pool::new();
        pool.socket.unwrap();
        pool.socket.unwrap();
        pool.socket.unwrap();
        pool.socket.unwrap();
        pool.socket.unwrap();
    }
}
