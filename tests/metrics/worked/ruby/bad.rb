class Pool
  def initialize(name, mode)
    @name = name
    @mode = mode
    @socket = nil
    @sent = 0
    @last = ""
  end

  def connect(host)
    @socket = Net.open(host)
  end

  def ping
    return unless @socket
    @socket.write("ping")
  end

  def send(text)
    return if @socket.nil?
    @sent += 1
    @last = text
    @socket.write(text)
  end

  def flush
    @sent += 1
    @last = "flush"
    @socket&.flush
  end

  def drain
    @sent += 1
    @last = "drain"
    if @socket
      @socket.drain
    end
  end

  def reset
    @sent += 1
    @last = "reset"
    @socket.reset if @socket
  end

  def finish
    @socket.finish
  end

  def label
    @mode.is_a?(Symbol) ? @mode : @mode.to_sym
  end

  def title
    @mode.to_s
  end

  def keyed
    { @mode.to_sym => 1 }
  end

  def named
    @mode.to_sym
  end
end

class Late
  def initialize
    @engine = nil
  end

  def start
    @engine = Engine.new
  end

  def find(key)
    return nil unless @engine
    @engine[key]
  end

  def run(key)
    found = find(key)
    raise ArgumentError, key if found.nil?
    found.run
  end

  def stop(key)
    found = find(key)
    raise ArgumentError, key unless found
    found.stop
  end

  def pause(key)
    found = find(key)
    fail KeyError, key if found == nil
    found.pause
  end

  def resume(key)
    found = find(key)
    if found.nil?
      raise KeyError, key
    end
    found.resume
  end
end

def first(site)
  site.open? && !site.hidden?
end

def second(site)
  return 0 unless site.open? && !site.hidden?
  1
end

def third(site)
  site = site.next while site.open? && !site.hidden?
  site
end

def read_rows(table, out)
  found = []
  table.rows.each do |row|
    next if row.deleted
    cells = row.cells.map { |cell| cell.strip }
    if cells.length > out.width
      raise ArgumentError, "too many cells in #{row.number}"
    end
    found.push(cells)
    out.log(row.number)
  end
  out.rows = found
  found
end

def read_parts(table, out)
  found = []
  table.rows.each do |part|
    next if part.deleted
    cells = part.cells.map { |cell| cell.strip }
    if cells.length > out.width
      raise ArgumentError, "too many cells in #{part.number}"
    end
    found.push(cells)
    out.log(part.number)
  end
  out.rows = found
  found
end

def box(low, high)
  if low
    low.min_width = low.min_height + low.min_depth
    check(low.min_width, low.min_left, "min")
  end
  if high
    high.max_width = high.max_height + high.max_depth
    check(high.max_width, high.min_left, "max")
  end
  low.max_left
end

def request(url, headers, body)
  headers = {} unless headers.nil?
  return fetch(url, body.size) if body.nil?
  fetch(url, headers)
end
