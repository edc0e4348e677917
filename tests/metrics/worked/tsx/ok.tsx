import React, { useState } from "react";

type Props = { user: User; onSave: (user: User) => void; locked: boolean };

const editable = (user: User, locked: boolean) => user.active && !locked;

export const Name = React.memo(({ user, locked }: Props) => {
  const [text, setText] = useState("");
  if (editable(user, locked)) {
    return <input value={text} onChange={(event) => setText(event.target.value)} />;
  }
  return <span>{text}</span>;
});

export function Address({ user, locked, onSave }: Props) {
  return editable(user, locked) ? <button onClick={() => onSave(user)}>Save</button> : null;
}

export function Phone({ user, locked }: Props) {
  return <div>{editable(user, locked) && <Edit user={user} />}</div>;
}

export function ColouredButton({ label, onPress, disabled, colour }: ButtonProps) {
  const [down, setDown] = useState(false);
  const press = () => {
    if (disabled) return;
    setDown(true);
    onPress();
  };
  return (
    <Pressable style={down ? styles.down : styles.up} onPressIn={press} onPressOut={() => setDown(false)}>
      <Text style={[styles.label, colour]}>{label}</Text>
    </Pressable>
  );
}

export class Clock extends React.Component<ClockProps> {
  private timer: Timer | undefined;

  componentDidMount() {
    this.timer = start(() => this.tick());
  }

  tick = () => {
    if (this.timer === undefined) return;
    this.ticks += this.timer.step;
  };

  pause = () => {
    if (!this.timer) return;
    this.timer.pause();
  };

  resume() {
    if (this.timer == null) return;
    this.timer.resume();
  }

  reset() {
    this.timer?.reset();
  }

  speed() {
    return this.timer ? this.timer.speed : 0;
  }
}
