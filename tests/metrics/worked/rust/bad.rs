use std::collections::HashMap;

pub struct Pool {
    socket: Option<Socket>,
    sent: usize,
    last: String,
    data: Box<dyn Any>,
}

impl Pool {
    pub fn new() -> Self {
        Pool { socket: None, sent: 0, last: String::new(), data: Box::new(0) }
    }

    fn ping(&mut self) {
        self.sent += 1;
        self.last = "ping".into();
        self.socket.as_mut().unwrap().write("ping");
    }

    fn send(&mut self, text: &str) {
        self.sent += 1;
        self.last = text.into();
        let socket = self.socket.as_mut().expect("connected");
        socket.write(text);
    }

    fn flush(&mut self) {
        self.sent += 1;
        self.last = "flush".into();
        self.socket.as_ref().unwrap().flush();
    }

    fn drain(&mut self) {
        self.sent += 1;
        self.last = "drain".into();
        self.socket.as_ref().unwrap().drain();
    }

    fn left(&self) -> usize {
        self.data.downcast_ref::<String>().map_or(0, String::len)
    }

    fn text(&self) -> Option<&String> {
        self.data.downcast_ref::<String>()
    }

    fn trim(&mut self) {
        if let Some(text) = self.data.downcast_mut::<String>() {
            text.truncate(1);
        }
    }

    fn keep(&mut self, data: Box<dyn Any>) {
        self.data = data;
    }

    fn find(&self, key: &str) -> Option<Session> {
        self.sessions.get(key)
    }

    fn open(&self) {
        self.find("open").unwrap().open();
    }

    fn close(&self) {
        let session = self.find("close").unwrap();
        session.close();
    }

    fn pause(&self) {
        match self.find("pause") {
            Some(session) => session.pause(),
            None => panic!("no session"),
        }
    }

    fn resume(&self) {
        let Some(session) = self.find("resume") else {
            panic!("no session")
        };
        session.resume();
    }

    fn stop(&self) {
        self.find("stop").expect("no session").stop();
    }
}

fn first(site: &Site) -> bool {
    site.is_open && !site.is_hidden
}

fn second(site: &Site) -> usize {
    if !site.is_open || site.is_hidden {
        return 0;
    }
    1
}

fn third(mut site: &Site) -> &Site {
    while site.is_open && !site.is_hidden {
        site = site.next();
    }
    site
}

fn read_rows(table: &Table, out: &mut Out) -> Result<Vec<Cell>, Error> {
    let mut found = Vec::new();
    for row in table.rows() {
        if row.deleted() {
            continue;
        }
        let cell = trimmed(row.cells());
        if cell.len() > out.width {
            return Err(Error::new("too many cells", row.number()));
        }
        found.push(cell);
        out.log(row.number());
    }
    out.rows = found.clone();
    Ok(found)
}

fn read_parts(table: &Table, out: &mut Out) -> Result<Vec<Cell>, Error> {
    let mut found = Vec::new();
    for part in table.rows() {
        if part.deleted() {
            continue;
        }
        let cell = trimmed(part.cells());
        if cell.len() > out.width {
            return Err(Error::new("too many cells", part.number()));
        }
        found.push(cell);
        out.log(part.number());
    }
    out.rows = found.clone();
    Ok(found)
}

fn boxes(low: &mut Box, high: &mut Box) -> usize {
    if low.is_set {
        low.min_width = low.min_height + low.min_depth;
        check(low.min_width, low.min_left, "min");
    }
    if high.is_set {
        high.max_width = high.max_height + high.max_depth;
        check(high.max_width, high.min_left, "max");
    }
    low.max_left
}
