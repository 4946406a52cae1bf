import { Loader, NativeSelect, Slider, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import type { Device, Json, Property } from '../api';
import type { Command } from '../hooks';
import { controlOf, onOff, textOf, toNumber } from '../values';

type Props = { device: Device; property: Property; command: Command };

/** Shows a property, and sets it when it can be commanded. What was asked is shown at once, marked as pending until the device has agreed. */
export function Control({ device, property, command }: Props) {
  const asked = command.pending[property.name];
  const value = asked ?? device.values[property.name]?.value;
  const label = `${device.name}: ${property.title}`;
  const set = (wanted: Json) => void command.send(property.name, wanted);
  switch (controlOf(property)) {
    case 'switch': {
      const { on, off } = onOff(property)!;
      return (
        <Switch
          size="lg"
          aria-label={value === undefined ? `${label}, not known yet` : label}
          className={value === undefined ? 'unknown' : undefined}
          aria-busy={asked !== undefined}
          checked={value === on}
          onChange={(e) => set(e.currentTarget.checked ? on : off)}
          thumbIcon={asked === undefined ? undefined : <Loader size={12} />}
        />
      );
    }
    case 'choice':
      return (
        <NativeSelect
          aria-label={label}
          aria-busy={asked !== undefined}
          value={String(value ?? '')}
          onChange={(e) => set(property.values!.find((v) => String(v.value) === e.currentTarget.value)!.value)}
          data={[
            ...(value === undefined ? [{ value: '', label: '–', disabled: true }] : []),
            ...property.values!.map((v) => ({ value: String(v.value), label: v.title })),
          ]}
        />
      );
    case 'slider':
      return <Dimmer property={property} label={label} value={value} busy={asked !== undefined} set={set} />;
    default:
      return <Text component="span">{textOf(property, value)}</Text>;
  }
}

function Dimmer({ property, label, value, busy, set }: { property: Property; label: string; value?: Json; busy: boolean; set: (wanted: Json) => void }) {
  const [dragged, setDragged] = useState<number>();
  const number = dragged ?? toNumber(value) ?? property.min!;
  const asText = typeof value === 'string';
  return (
    <div className="dimmer">
      <Slider
        className="grow"
        min={property.min}
        max={property.max}
        step={property.step ?? (property.type === 'int' ? 1 : undefined)}
        value={number}
        label={null}
        thumbLabel={label}
        aria-busy={busy}
        onChange={setDragged}
        onChangeEnd={(end) => {
          setDragged(undefined);
          set(asText ? String(end) : end);
        }}
      />
      <Text size="sm" className="reading">
        {dragged === undefined && value === undefined ? '–' : textOf(property, number)}
      </Text>
    </div>
  );
}
