package worked;

import java.util.Objects;

class Pool {
    private final String name;
    private Socket socket = null;
    private int sent;
    private String last;
    private Object data;

    Pool(String name, Object data) {
        this.name = name;
        this.data = data;
    }

    void connect(String host) {
        socket = Net.open(host);
    }

    void ping() {
        if (socket == null) return;
        socket.write("ping");
    }

    void send(String text) {
        if (this.socket == null) {
            return;
        }
        sent += 1;
        last = text;
        this.socket.write(text);
    }

    void flush() {
        if (socket != null) {
            sent++;
            this.last = "flush";
            socket.flush();
        }
    }

    void drain() {
        sent++;
        last = "drain";
        if (Objects.nonNull(socket)) socket.drain();
    }

    void reset() {
        sent++;
        last = "reset";
        if (null == socket) return;
        socket.reset();
    }

    void end() {
        socket.end();
    }

    String text() {
        return (String) data;
    }

    int length() {
        return ((String) this.data).length();
    }

    boolean upper() {
        return data instanceof String text && text.isBlank();
    }
}

class Late {
    private Engine engine = null;

    void start() {
        engine = new Engine();
    }

    void run() {
        Objects.requireNonNull(engine).run();
    }

    void stop() {
        Objects.requireNonNull(engine, "not started").stop();
    }

    void pause() {
        assert engine != null;
        engine.pause();
    }

    void resume() {
        assert this.engine != null : "not started";
        this.engine.resume();
    }
}

class Sites {
    boolean first(Site site) {
        return site.isOpen() && !site.isHidden();
    }

    int second(Site site) {
        if (!site.isOpen() || site.isHidden()) return 0;
        return 1;
    }

    Site third(Site site) {
        while (site.isOpen() && !site.isHidden()) site = site.next();
        return site;
    }

    List<Cell> readRows(Table table, Out out) {
        List<Cell> found = new ArrayList<>();
        for (Row row : table.rows()) {
            if (row.deleted()) continue;
            Cell cell = trimmed(row.cells());
            if (cell.length() > out.width()) {
                throw new IllegalStateException("too many cells in " + row.number());
            }
            found.add(cell);
            out.log(row.number());
        }
        out.rows(found);
        return found;
    }

    List<Cell> readParts(Table table, Out out) {
        List<Cell> found = new ArrayList<>();
        for (Row part : table.rows()) {
            if (part.deleted()) continue;
            Cell cell = trimmed(part.cells());
            if (cell.length() > out.width()) {
                throw new IllegalStateException("too many cells in " + part.number());
            }
            found.add(cell);
            out.log(part.number());
        }
        out.rows(found);
        return found;
    }

    int box(Box low, Box high) {
        if (low != null) {
            low.minWidth = low.minHeight + low.minDepth;
            check(low.minWidth, low.minLeft, "min");
        }
        if (high != null) {
            high.maxWidth = high.maxHeight + high.maxDepth;
            check(high.maxWidth, high.minLeft, "max");
        }
        return low.maxLeft;
    }
}

class Requests {
    Reply request(String url, Headers headers, File folder) {
        if (headers != null) {
            headers = new Headers();
        }
        if (folder.exists()) {
            folder.mkdirs();
        }
        return fetch(url, headers, folder);
    }
}
