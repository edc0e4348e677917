defmodule Worked.Pool do
  @moduledoc "A pool."

  def find(pool, key) do
    case pool.sessions do
      nil -> nil
      sessions -> sessions[key]
    end
  end

  def open(pool, key) do
    session = find(pool, key)
    if is_nil(session), do: raise("no session")
    session.open
  end

  def close(pool, key) do
    session = find(pool, key)

    if session == nil do
      raise ArgumentError, "no session"
    end

    session.close
  end

  def pause(pool, key) do
    session = find(pool, key)

    unless session do
      raise ArgumentError, "no session"
    end

    session.pause
  end

  def resume(pool, key) do
    case find(pool, key) do
      nil -> raise "no session"
      session -> session.resume
    end
  end

  defp first(site) do
    if site.open and not site.hidden do
      site.next
    else
      site
    end
  end

  defp second(site) do
    unless site.open and not site.hidden, do: 0, else: 1
  end

  defp third(site) do
    cond do
      site.open and not site.hidden -> :shown
      true -> :hidden
    end
  end

  def read_rows(table, out) do
    rows = Table.rows(table)
    cells = Enum.map(rows, fn row -> String.trim(row.cell) end)
    width = Enum.max(Enum.map(cells, &String.length/1))

    if width > Out.width(out) do
      raise ArgumentError, "too wide: #{width}"
    end

    Logger.debug("read #{width}")
    out = Out.put(out, :rows, cells)
    Out.flush(out)
    {:ok, out}
  end

  def read_parts(table, out) do
    parts = Table.rows(table)
    cells = Enum.map(parts, fn part -> String.trim(part.cell) end)
    width = Enum.max(Enum.map(cells, &String.length/1))

    if width > Out.width(out) do
      raise ArgumentError, "too wide: #{width}"
    end

    Logger.debug("read #{width}")
    out = Out.put(out, :rows, cells)
    Out.flush(out)
    {:ok, out}
  end

  def box(low, high) do
    if low do
      min_width = low.min_height + low.min_depth
      check(min_width, low.min_left, :min)
    end

    if high do
      max_width = high.max_height + high.max_depth
      check(max_width, high.min_left, :max)
    end

    low.max_left
  end
end
